"""What a caller calls a thing may be anything; what names nothing is unknown."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import PeersError, Runtime, UnknownContext, UnknownPackage, UnknownVersion
from tests.world import project, screen

NAMELESS = [None, 5, [], Path("notes"), b"notes", "\ud800", ""]
ACTS: list[tuple[Callable[[Runtime, Any], object], type[PeersError]]] = [
    (lambda runtime, name: runtime.activate(name, "1.0.0"), UnknownPackage),
    (lambda runtime, name: runtime.disable(name), UnknownPackage),
    (lambda runtime, name: runtime.versions(name), UnknownPackage),
    (lambda runtime, name: runtime.packages(name), UnknownContext),
    (lambda runtime, name: runtime.activate("notes", name), UnknownVersion),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("project"), files=screen("notes", "notes", "hello"))


def test_what_names_nothing_is_unknown(folder: Path) -> None:
    with Runtime.in_memory() as runtime:
        runtime.install(folder)
        for act, error in ACTS:
            for name in NAMELESS:
                with pytest.raises(error) as caught:
                    act(runtime, name)
                str(caught.value).encode()
                assert caught.value.hint
                assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
        assert runtime.context().render("notes").content == "hello"


@pytest.mark.parametrize(
    ("context", "hint"),
    [("umbrella", "peers contexts create umbrella --kind group"), ("../etc", "peers contexts list")],
)
def test_a_context_is_to_be_created_only_where_it_can_be(context: str, hint: str) -> None:
    with Runtime.in_memory() as runtime:
        for act in (runtime.packages, runtime.context):
            with pytest.raises(UnknownContext) as caught:
                act(context)
            assert caught.value.hint.endswith(hint)
