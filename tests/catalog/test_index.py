from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from peers_runtime.catalog import index
from peers_runtime.model.active import ActivePackage, State
from peers_runtime.model.manifest import RouteData
from tests.catalog import records

KINDS = some.sampled_from(["personal", "group"])
ROLES = some.dictionaries(some.text(), some.sampled_from([20, 80]), max_size=2)
STATE = State(
    7,
    [
        ActivePackage(
            "notes",
            records.an_id(1),
            "1.0.0",
            "a" * 64,
            [[records.an_id(2), "notes/:id", None, "screen", None, "*", 5, True, {"type": "object"}]],
            [{"name": "notes", "displayName": "Notizen ✎"}],
        ),
        ActivePackage("themes", records.an_id(3), "0.1.0", "b" * 64, [], [], "/home/ada/themes"),
    ],
    [[], [0, 1], [1]],
    {
        "personal": ("personal", 0, {}),
        "acme": ("group", 1, {"ada": 80, "grace": 20}),
        "globex": ("group", 2, {"ada": 80, "grace": 20}),
    },
    ["charts", "notes", "themes"],
)


def data(state: State | None) -> object:
    """All of a state as comparable data."""
    assert state is not None
    packages = [[getattr(package, name) for name in ActivePackage.__slots__] for package in state.packages]
    return [
        state.sequence,
        list(state.names),
        packages,
        [list(one) for one in state.sets],
        {k: list(v) for k, v in state.contexts.items()},
    ]


@pytest.fixture
def path(tmp_path: Path) -> str:
    index.write(str(tmp_path / "index.json"), STATE, "laptop")
    return str(tmp_path / "index.json")


def test_what_was_written_is_read(path: str) -> None:
    assert data(index.read(path)) == data(STATE)
    assert data(index.read(path, "laptop")) == data(STATE)
    assert [package.label for package in STATE.active("acme")] == ["notes@1.0.0", "themes@0.1.0"]


def test_an_index_is_of_one_device(path: str) -> None:
    assert index.read(path, "desktop") is None


def test_no_index_is_no_state(tmp_path: Path) -> None:
    assert index.read(str(tmp_path / "index.json")) is None


def test_no_changed_byte_is_taken_for_the_state(path: str) -> None:
    file = Path(path)
    good = file.read_bytes()
    for at in range(len(good)):
        file.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert index.read(path) is None


def test_no_cut_index_is_taken_for_the_state(path: str) -> None:
    file = Path(path)
    good = file.read_bytes()
    for length in range(len(good)):
        file.write_bytes(good[:length])
        assert index.read(path) is None


@pytest.mark.parametrize("other", [index.FORMAT - 1, index.FORMAT + 1])
def test_another_format_is_not_read_whatever_else_it_holds(path: str, other: int) -> None:
    body = json.dumps({"format": other}).encode()
    Path(path).write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    assert index.read(path) is None


def test_a_marked_index_is_not_trusted_until_the_mark_is_gone(path: str) -> None:
    index.mark(path)
    index.mark(path)
    assert index.read(path) is None
    assert data(index.read_unmarked(path)) == data(STATE)
    index.unmark(path)
    assert data(index.read(path)) == data(STATE)


def test_route_rows_spell_paths_as_requests_do() -> None:
    route = RouteData(peers_ui_id="x", path="My Notes//:noteId/", priority=3, props_schema={"type": "object"})
    assert index.route_rows([route, RouteData(peers_ui_id="y", pattern="^A+$")]) == [
        ["x", "my-notes/:noteId", None, "screen", None, None, 3, False, {"type": "object"}],
        ["y", None, "^A+$", "screen", None, None, 0, False, None],
    ]


@settings(deadline=None)  # each example waits for the disk
@given(some.dictionaries(some.text(), some.tuples(KINDS, some.just(0), ROLES)))
def test_any_context_comes_back(
    tmp_path_factory: pytest.TempPathFactory, contexts: dict[str, tuple[str, int, dict[str, int]]]
) -> None:
    path = str(tmp_path_factory.getbasetemp() / "index.json")
    state = State(1, [], [[]], contexts, [])
    index.write(path, state, "laptop")
    assert data(index.read(path)) == data(state)
