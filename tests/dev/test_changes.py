"""One answer for each change, with all of it, and never an early one: real files, real time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from peers_runtime.dev.changes import Changes, Settled
from tests.dev import savers

Make = Callable[..., Changes]

WAYS = {
    "told": {},
    "told, nobody knows who writes": {"leases": False},
    "polling": {"polling": True},
    "polling, nobody knows who writes": {"polling": True, "leases": False},
}
ALL_WAYS = pytest.mark.parametrize("options", WAYS.values(), ids=WAYS)
STYLES_AND_WAYS = [
    pytest.param(style, options, id=f"{style}; {way}")
    for way, options in WAYS.items()
    for style in (savers.UNSURE_STYLES if "leases" in options else savers.STYLES)
]
SILENCE_S = 0.3  # within which a second answer would have come


def in_a_thread(act: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    return thread


def answer(changes: Changes) -> Settled:
    settled = changes.next(20)
    assert settled is not None, changes.waiting
    return settled


def nothing_more(changes: Changes) -> bool:
    return changes.next(SILENCE_S) is None


def paths(folder: Path, *names: str) -> set[str]:
    return {str(folder / "notes" / name) for name in names}


class _HeldUp(Exception):
    """The machine made a save take so much longer that it was another kind of save."""


@pytest.mark.parametrize(("style", "options"), STYLES_AND_WAYS)
def test_every_save_is_answered_once_and_whole(
    project: Path, changes_of: Make, style: str, options: dict[str, bool]
) -> None:
    changes = changes_of(project, **options)
    value = 0
    for number in range(3):
        path = project / "notes" / f"module_{number}.py"
        for _ in range(10):
            value += 1
            try:
                _save_and_check(changes, path, style, savers.module(value))
            except _HeldUp:
                while changes.next(SILENCE_S) is not None:
                    pass
            else:
                break
        else:
            pytest.fail("the machine is too slow to save like this")
    assert changes.degraded is None


def _save_and_check(changes: Changes, path: Path, style: str, text: str) -> None:
    took: list[float] = []

    def save() -> None:
        began = time.monotonic()
        savers.STYLES[style](str(path), text)
        took.append(time.monotonic() - began)

    saving = in_a_thread(save)
    settled = answer(changes)
    now = path.read_text() if path.exists() else "missing"
    saving.join()
    once = nothing_more(changes)
    late_s = took[0] - savers.PAUSES_S[style]
    if (now != text and late_s > 0.03) or (now == text and not once and late_s > 0.005):
        raise _HeldUp
    assert now == text
    assert settled.paths == {str(path)}
    assert once


@pytest.mark.parametrize("style", ["in place", "slowly, 60 ms", "slowly, 150 ms", "vim", "unlink and create"])
def test_another_process_saves(project: Path, changes_of: Make, style: str) -> None:
    changes = changes_of(project)
    path = project / "notes" / "module_0.py"
    for value in range(1, 3):
        with savers.another_process(style, str(path), savers.module(value)):
            settled = answer(changes)
            assert path.read_text() == savers.module(value)
            assert settled.paths == {str(path)}
        while changes.next(SILENCE_S) is not None:  # vim's chmod, when it comes late
            assert path.read_text() == savers.module(value)


def test_a_file_that_is_held_open_waits_for_as_long_and_says_so(project: Path, changes_of: Make) -> None:
    changes = changes_of(project)
    path = project / "notes" / "module_0.py"
    with path.open("w") as file:
        file.write("half = 1\n")
        file.flush()
        assert changes.next(0.6) is None
        assert changes.waiting == f"{path} is open for writing"
        file.write("whole = 1\n")
    assert answer(changes).paths == {str(path)}
    assert changes.waiting is None
    assert nothing_more(changes)


@ALL_WAYS
def test_a_file_that_is_emptied_or_deleted_for_good_is_answered_in_the_end(
    project: Path, changes_of: Make, options: dict[str, bool]
) -> None:
    changes = changes_of(project, **options)
    emptied, deleted = project / "notes" / "module_0.py", project / "notes" / "module_1.py"
    at = time.monotonic()
    emptied.write_text("")
    settled = answer(changes)
    assert settled.paths == {str(emptied)}
    assert settled.settled_at - at >= 0.15
    at = time.monotonic()
    deleted.unlink()
    settled = answer(changes)
    assert settled.paths == {str(deleted)}
    assert settled.settled_at - at >= 0.15
    assert nothing_more(changes)


@ALL_WAYS
def test_a_checkout_of_two_hundred_files_is_one_change(
    project: Path, changes_of: Make, options: dict[str, bool]
) -> None:
    branches = {
        name: {f"notes/part_{number}.py": savers.module(value) for number in range(200)}
        for value, name in enumerate(("one", "two"), 1)
    }
    branches["two"] |= {"notes/inner/__init__.py": "", "notes/inner/more.py": savers.module(2)}
    savers.repository(project, branches)
    changes = changes_of(project, **options)
    for value, name in ((2, "two"), (1, "one"), (2, "two")):
        checkout = in_a_thread(lambda name=name: savers.git(project, "checkout", "-q", name))
        settled = answer(changes)
        for number in range(200):
            part = project / "notes" / f"part_{number}.py"
            assert part.read_text() == savers.module(value)
        assert len(settled.paths) == 202
        assert (project / "notes/inner/more.py").exists() == (value == 2)
        checkout.join()
        assert nothing_more(changes)
    assert changes.degraded is None


def test_while_a_checkout_is_under_way_nothing_settles(project: Path, changes_of: Make) -> None:
    (project / ".git").mkdir()
    lock = project / ".git" / "index.lock"
    changes = changes_of(project)
    lock.touch()
    path = project / "notes" / "module_0.py"
    path.write_text(savers.module(1))
    assert changes.next(0.5) is None
    assert changes.waiting is not None
    assert "index.lock" in changes.waiting
    lock.unlink()
    assert answer(changes).paths == {str(path)}


@ALL_WAYS
def test_files_saved_one_after_the_other_are_one_change(
    project: Path, changes_of: Make, options: dict[str, bool]
) -> None:
    changes = changes_of(project, **options)
    names = [f"module_{number}.py" for number in range(12)]
    for value in range(1, 11):
        began = time.monotonic()
        for name in names:
            (project / "notes" / name).write_text(savers.module(value))
        held_up = time.monotonic() - began > 0.01
        settled = answer(changes)
        once = nothing_more(changes)
        if once or not held_up:
            break
    assert settled.paths == paths(project, *names)
    assert once


def test_once_several_files_changed_further_ones_may_take_their_time(project: Path, changes_of: Make) -> None:
    changes = changes_of(project)
    names = [f"module_{number}.py" for number in range(6)]

    def save_all(value: int, pauses: list[float]) -> None:
        for number, name in enumerate(names):
            began = time.monotonic()
            if number > 1:
                time.sleep(0.025)  # as a formatter that works through a project
            (project / "notes" / name).write_text(savers.module(value))
            pauses.append(time.monotonic() - began)

    for value in range(1, 11):
        pauses: list[float] = []
        saving = in_a_thread(partial(save_all, value, pauses))
        settled = answer(changes)
        saving.join()
        once = nothing_more(changes)
        if once or (pauses[1] < 0.002 and max(pauses) < 0.04):  # else the machine held the saves up
            break
    assert settled.paths == paths(project, *names)
    assert once


@ALL_WAYS
def test_a_new_sub_package_is_seen_with_all_that_is_in_it(
    project: Path, changes_of: Make, options: dict[str, bool]
) -> None:
    changes = changes_of(project, **options)
    package = project / "notes" / "inner" / "deeper"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "store.py").write_text(savers.module(1))
    inner = ("inner/__init__.py", "inner/deeper/__init__.py", "inner/deeper/store.py")
    assert answer(changes).paths == paths(project, *inner)
    assert nothing_more(changes)
    (package / "store.py").write_text(savers.module(2))  # and watched from now on
    assert answer(changes).paths == paths(project, inner[-1])
    assert changes.degraded is None


@ALL_WAYS
def test_a_folder_that_is_moved_in_out_and_in_again_is_seen(
    project: Path, changes_of: Make, tmp_path: Path, options: dict[str, bool]
) -> None:
    outside, inside = tmp_path / "outside", project / "notes" / "inner"
    outside.mkdir()
    (outside / "__init__.py").touch()
    (outside / "store.py").write_text(savers.module(1))
    changes = changes_of(project, **options)
    inner = paths(project, "inner/__init__.py", "inner/store.py")
    for here, there in ((outside, inside), (inside, outside), (outside, inside)):
        here.rename(there)
        assert answer(changes).paths == inner
        assert nothing_more(changes)
    (inside / "store.py").write_text(savers.module(2))
    assert answer(changes).paths == paths(project, "inner/store.py")
    assert changes.degraded is None


@ALL_WAYS
def test_a_linked_file_is_seen_when_it_is_edited_at_its_target(
    project: Path, changes_of: Make, tmp_path: Path, options: dict[str, bool]
) -> None:
    target, link = tmp_path / "elsewhere" / "shared.py", project / "notes" / "shared.py"
    target.parent.mkdir()
    target.write_text(savers.module(0))
    link.symlink_to(target)
    changes = changes_of(project, **options)
    for style, value in (("in place", 1), ("rename over", 2), ("vim", 3), ("in place", 4)):
        savers.STYLES[style](str(target), savers.module(value))
        assert answer(changes).paths <= {str(target), str(link)}
        assert link.read_text() == savers.module(value)
        while (more := changes.next(SILENCE_S)) is not None:  # vim's chmod, when it comes late
            assert style == "vim"
            assert more.paths <= {str(target), str(link)}
    assert changes.degraded is None


@ALL_WAYS
def test_a_link_that_comes_later_is_followed(
    project: Path, changes_of: Make, tmp_path: Path, options: dict[str, bool]
) -> None:
    changes = changes_of(project, **options)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "store.py").write_text(savers.module(0))
    (project / "notes" / "linked").symlink_to(folder)
    assert paths(project, "linked/__init__.py", "linked/store.py") <= answer(changes).paths
    assert nothing_more(changes)
    (folder / "store.py").write_text(savers.module(1))
    settled = answer(changes).paths
    assert settled <= {str(folder / "store.py"), *paths(project, "linked/store.py")}
    assert nothing_more(changes)
    assert changes.degraded is None


def test_what_does_not_matter_is_not_answered(project: Path, changes_of: Make) -> None:
    changes = changes_of(project)
    (project / "notes" / "module_0.py~").write_text("left by an editor")
    (project / "notes" / ".module_0.py.swp").write_text("an editor's")
    (project / "notes" / "__pycache__").mkdir()
    (project / "notes" / "__pycache__" / "module_0.cpython-311.pyc").write_text("compiled")
    (project / "README.md").write_text("beside the package")
    (project / "notes" / "scratch.py").write_text("gone at once")
    (project / "notes" / "scratch.py").unlink()
    assert nothing_more(changes)


def test_the_projects_own_file_counts(project: Path, changes_of: Make) -> None:
    changes = changes_of(project)
    savers.vim(str(project / "pyproject.toml"), (project / "pyproject.toml").read_text() + "\n")
    assert answer(changes).paths == {str(project / "pyproject.toml")}
