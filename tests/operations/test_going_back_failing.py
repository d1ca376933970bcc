"""Going back in a project that is not in order, or to what is not to be had: whole or not at all."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import (
    AmbiguousName,
    CannotGoBack,
    DefinitionFailed,
    InvalidSetting,
    NoPackageThere,
    NothingToGoBackTo,
    PeersError,
    ProjectNotWritable,
    RoleTooLow,
    Runtime,
    StillChanging,
    UnknownComponent,
    UnknownNumber,
)
from peers_runtime.operations import published
from tests.operations.going_back_parts import HOME, IDS, LISTED, everything, packed_twice, text, write


@pytest.fixture
def folder(runtime: Runtime, tmp_path: Path) -> Path:
    """A project of which Home was published as 1 and 2, and Card as 1."""
    return packed_twice(runtime, tmp_path)


# ── a project that is not in order ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "broken",
    [
        {"home/screen.py": "def show("},
        {"home/screen.py": "raise RuntimeError"},
        {"home/screen.py": None},
        {"home/logo.svg": None},
        {"home/parts.py": "raise RuntimeError"},
    ],
)
def test_what_broke_a_project_can_be_discarded(
    runtime: Runtime, tmp_path: Path, broken: dict[str, str | None]
) -> None:
    folder = tmp_path / "notes"
    listed = {**LISTED, "Home": "content=screen.show, assets=('home/logo.svg',)"}
    head = "from notes.home import screen"
    runtime.pack(write(folder, listed=listed, head=head), out=tmp_path)
    before = everything(folder)
    write(folder, files={**broken, "home/new.py": ""}, listed=listed, head=head)
    with pytest.raises(PeersError):
        runtime.components.list(folder)
    found = runtime.components.discard("Home", folder)
    assert found.restored == (f"notes/{next(iter(broken))}",)
    assert found.status == "published"
    assert any("nothing was removed" in remark for remark in found.remarks)
    after = everything(folder)
    assert after.pop("notes/home/new.py")
    assert after == before


def test_where_others_cannot_be_read_what_they_shared_stays_and_nothing_is_removed(
    runtime: Runtime, folder: Path
) -> None:
    files = {
        "card.py": "from notes import shared\nfrom notes.home import more\ndef show(",
        "home/screen.py": "from notes.home import more\n",
        "home/more.py": "",
        "shared.py": "LINE = 2\n",
    }
    write(folder, "1.1.0", files)
    found = runtime.components.discard("Home", folder)
    assert found.restored == ("notes/home/screen.py",)
    assert (found.removed, found.left) == ((), ("notes/shared.py",))
    assert found.remarks[-1].startswith("notes/card.py cannot be parsed")


def test_a_project_that_goes_on_failing_is_refused_with_nothing_written(
    runtime: Runtime, folder: Path
) -> None:
    second = HOME.format("second")
    write(folder, "1.1.0", {"uis.py": "raise RuntimeError('mine')", "home/screen.py": second})
    before = everything(folder)
    with pytest.raises(DefinitionFailed, match="mine"):
        runtime.components.discard("Home", folder)
    with pytest.raises(CannotGoBack, match="mine") as caught:
        runtime.components.rollback("Home", path=folder)
    assert caught.value.hint.startswith("nothing was written")
    assert caught.value.facts["because"] == DefinitionFailed.code
    assert everything(folder) == before


def test_what_would_not_evaluate_any_more_is_refused_with_nothing_written(
    runtime: Runtime, tmp_path: Path
) -> None:
    folder = tmp_path / "notes"
    listed = {**LISTED, "Home": "content=screen.show"}
    head = "from notes.home import screen"
    needs = "from notes.shared import LINE\n" + HOME.format("first")
    runtime.pack(write(folder, files={"home/screen.py": needs}, listed=listed, head=head), out=tmp_path)
    write(folder, "1.1.0", {"shared.py": ""}, listed, head)
    before = everything(folder)
    for dry_run in (True, False):
        with pytest.raises(CannotGoBack, match="LINE"):
            runtime.components.discard("Home", folder, dry_run=dry_run)
    assert everything(folder) == before


def test_what_would_not_compile_is_refused_with_nothing_written(runtime: Runtime, folder: Path) -> None:
    write(folder, "1.1.0", {"shared.py": "def"})
    before = everything(folder)
    with pytest.raises(CannotGoBack, match="shared"):
        runtime.components.discard("Home", folder)
    assert everything(folder) == before


def test_what_a_broken_project_shares_since_it_was_packed_is_left(runtime: Runtime, tmp_path: Path) -> None:
    folder, head = tmp_path / "notes", "from notes.home import screen"
    listed = {**LISTED, "Home": "content=screen.show"}
    runtime.pack(write(folder, listed=listed, head=head), out=tmp_path)
    files = {
        "home/screen.py": "def show(",
        "home/parts.py": "PART = 2\n",
        "list.py": "from notes.home import parts\ndef show(props, ctx): pass\n",
    }
    write(folder, "1.1.0", files, {**listed, "List": "content='notes.list:show'"}, head)
    found = runtime.components.discard("Home", folder)
    assert (found.restored, found.left) == (("notes/home/screen.py",), ("notes/home/parts.py",))
    assert found.status == "modified"


@pytest.fixture
def saving(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], object]], None]:
    """Has an author save while it is worked out what to change; the function gets the number of the time."""

    def begin(save: Callable[[int], object]) -> None:
        real, times = published.project, itertools.count(1)

        def project_and_save(*words: Any) -> Any:
            found = real(*words)
            save(next(times))
            return found

        monkeypatch.setattr(published, "project", project_and_save)

    return begin


def test_what_is_saved_meanwhile_is_not_written_over(runtime: Runtime, folder: Path, saving: Any) -> None:
    screen, card = (folder / "notes" / path for path in ("home/screen.py", "card.py"))
    screen.write_text("edited")
    saving(lambda time: time == 1 and card.write_text("from notes.home import screen\n"))
    found = runtime.components.discard("Home", folder)
    assert "notes/home/screen.py" in found.left
    assert screen.read_text() == "edited"


def test_a_project_that_does_not_come_to_rest_is_told_so(runtime: Runtime, folder: Path, saving: Any) -> None:
    saving(lambda time: (folder / "notes" / "card.py").write_text(f"x = {time}\n"))
    with pytest.raises(StillChanging):
        runtime.components.rollback("Home", path=folder)
    assert text(folder, "home/screen.py") == HOME.format("second")


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(
    runtime: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "1.1.0", {"home/parts.py": "PART = 2\n"})
    before, real = everything(folder), os.replace

    def full(source: str, target: str) -> None:
        if target.endswith("screen.py") and os.path.exists(target):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        with pytest.raises(ProjectNotWritable, match=r"screen\.py"):
            runtime.components.discard("Home", folder)
    assert everything(folder) == before


# ── what is not to be had ────────────────────────────────────────────────────────────────────────


def test_a_draft_has_nothing_to_go_back_to(runtime: Runtime, folder: Path) -> None:
    write(folder, "1.1.0", listed={**LISTED, "List": "content='notes.card:show'"})
    before = everything(folder)
    for act in (runtime.components.rollback, runtime.components.discard):
        with pytest.raises(NothingToGoBackTo, match="never published") as caught:
            act("List", path=folder)
        assert "peers pack" in caught.value.hint
    assert everything(folder) == before


def test_before_the_first_number_there_is_nothing(runtime: Runtime, folder: Path) -> None:
    with pytest.raises(NothingToGoBackTo, match="published once") as caught:
        runtime.components.rollback("Card", path=folder)
    assert "peers component discard" in caught.value.hint


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_number_that_was_never_given_is_unknown(runtime: Runtime, folder: Path, number: int) -> None:
    with pytest.raises(UnknownNumber, match="there are: 1, 2") as caught:
        runtime.components.rollback("Home", number, folder)
    assert caught.value.facts["known"] == [1, 2]


@pytest.mark.parametrize("wrong", ["1", 1.0, True, b"1"])
def test_what_is_no_number_is_refused(runtime: Runtime, folder: Path, wrong: Any) -> None:
    with pytest.raises(InvalidSetting):
        runtime.components.rollback("Home", wrong, folder)


def test_a_component_that_nobody_knows_is_refused(runtime: Runtime, folder: Path) -> None:
    with pytest.raises(UnknownComponent, match="did you mean 'Home'"):
        runtime.components.discard("Hone", folder)
    with pytest.raises(NoPackageThere):
        runtime.components.discard("Home", folder / "nowhere")
    runtime.contexts.create("acme")
    with pytest.raises(RoleTooLow):
        runtime.components.discard("Home", folder, "acme", "eve")


def test_a_name_that_two_components_had_has_to_be_told_apart(runtime: Runtime, folder: Path) -> None:
    listed = {"Card": LISTED["Card"], "List": LISTED["Home"]}
    write(folder, "1.1.0", listed=listed)
    uis = folder / "notes" / "uis.py"
    uis.write_text(uis.read_text().replace("'List'", "'Home'"))
    with pytest.raises(AmbiguousName) as caught:
        runtime.components.discard("Home", folder)
    assert caught.value.facts["owners"] == sorted(f"notes.{IDS[name]}" for name in ("Home", "List"))
    assert runtime.components.discard(IDS["Home"], folder).status == "deleted"


def test_numbers_of_releases_from_elsewhere_count(runtime: Runtime, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    with Runtime.open(tmp_path / "elsewhere") as other:
        wheels = [
            other.pack(write(folder, version, {"home/screen.py": HOME.format(version)}), out=tmp_path).path
            for version in ("1.0.0", "1.1.0", "1.2.0")
        ]
    for version, wheel in zip(("1.0.0", "1.1.0", "1.2.0"), wheels, strict=True):
        runtime.install(wheel)
        runtime.promote("notes", version, "stable")
    for number, version in ((1, "1.0.0"), (None, "1.1.0"), (3, "1.2.0")):
        found = runtime.components.rollback("Home", number, folder)
        assert found.version == version
        assert text(folder, "home/screen.py") == HOME.format(version)
