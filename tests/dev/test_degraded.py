"""When watching is not as it should be: nothing is missed, it is said, and it mends itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from peers_runtime.dev import notices
from peers_runtime.dev.changes import Changes, Settled
from peers_runtime.dev.notices import Notice, Notices
from peers_runtime.dev.tree import Folders
from tests.dev import savers

Make = Callable[..., Changes]
Told = Callable[[Iterable[Notice]], None]
Died = Callable[[str], None]
LIMIT = OSError('OS file watch limit reached. about ["/project"]')


class System:
    """The operating system's notices, with faults on order."""

    def __init__(self) -> None:
        self.drops = False  # as a full queue does: in silence
        self.refuses: Exception | None = None
        self.started = 0
        self.died: Died | None = None

    def __call__(self, folders: Folders, told: Told, died: Died) -> Notices:
        def tell(found: Iterable[Notice]) -> None:
            if not self.drops:
                told(found)

        def backend(names: list[str], deep: bool) -> notices.Backend:
            if self.refuses is not None:
                raise self.refuses
            return notices.of_watchfiles(names, deep)

        started = Notices(folders, tell, died, backend=backend)
        self.started += 1
        self.died = died
        return started

    def die(self, why: str = "error in underlying watcher: gone") -> None:
        assert self.died is not None
        self.died(why)


def save(project: Path, number: int, value: int) -> set[str]:
    path = project / "notes" / f"module_{number}.py"
    path.write_text(savers.module(value))
    return {str(path)}


def answer(changes: Changes) -> Settled:
    settled = changes.next(20)
    assert settled is not None
    return settled


def test_lost_notices_are_found_by_a_look_and_said_until_notices_come_again(
    project: Path, changes_of: Make
) -> None:
    system = System()
    changes = changes_of(project, start=system, look_every_s=0.2)
    system.drops = True
    saved = save(project, 0, 1) | save(project, 1, 1)
    assert answer(changes).paths == saved
    assert changes.degraded is not None
    assert "did not tell of every change" in changes.degraded
    assert system.started == 2
    assert changes.next(0.5) is None
    system.drops = False
    saved = save(project, 2, 1)
    assert answer(changes).paths == saved
    assert changes.degraded is None


def test_an_overflow_amid_many_changes_is_made_up_for_before_they_settle(
    project: Path, changes_of: Make
) -> None:
    """Half of the notices are lost; the other half are so many that everything is looked at."""

    class Overflowing(System):
        def __call__(self, folders: Folders, told: Told, died: Died) -> Notices:
            def some(found: Iterable[Notice]) -> None:
                told([(path, new) for path, new in found if path.endswith(("0.py", "2.py", "4.py"))])

            return Notices(folders, some, died)

    files = [project / "notes" / f"part_{number}.py" for number in range(1500)]
    for file in files:
        file.write_text(savers.module(0))
    changes = changes_of(project, start=Overflowing(), look_every_s=60)
    for file in files:
        file.write_text(savers.module(1))
    assert answer(changes).paths == {str(file) for file in files}


def test_where_the_system_never_tells_polling_takes_over_for_good(project: Path, changes_of: Make) -> None:
    system = System()
    system.drops = True
    changes = changes_of(project, start=system, look_every_s=0.2)
    for value in range(1, 5):
        saved = save(project, value, value)
        assert answer(changes).paths == saved
    assert changes.degraded is not None
    assert "does not tell of changes here" in changes.degraded


def test_a_watch_that_dies_begins_anew_and_misses_nothing(project: Path, changes_of: Make) -> None:
    system = System()
    changes = changes_of(project, start=system, look_every_s=60)
    system.drops = True
    saved = save(project, 0, 1)
    system.drops = False
    system.die()
    assert answer(changes).paths == saved
    assert system.started == 2
    assert changes.degraded == "watching ended and was started again: error in underlying watcher: gone"
    saved = save(project, 1, 1)
    assert answer(changes).paths == saved
    assert changes.degraded is None


def test_a_watch_that_keeps_dying_is_replaced_by_polling_and_tried_again(
    project: Path, changes_of: Make
) -> None:
    system = System()
    changes = changes_of(project, start=system, look_every_s=60)
    for _ in range(3):
        system.die()
        assert changes.next(0.1) is None
    assert changes.degraded == (
        "error in underlying watcher: gone; until then, files are looked at again and again"
    )
    saved = save(project, 0, 1)
    assert answer(changes).paths == saved
    _until(lambda: changes.degraded is None, changes)
    saved = save(project, 1, 1)
    assert answer(changes).paths == saved


def test_too_many_watches_are_said_with_the_remedy_and_polling_takes_over(
    project: Path, changes_of: Make
) -> None:
    system = System()
    system.refuses = LIMIT
    changes = changes_of(project, start=system, look_every_s=60)
    assert changes.degraded is not None
    assert "sudo sysctl fs.inotify.max_user_watches=" in changes.degraded
    saved = save(project, 0, 1)
    assert answer(changes).paths == saved
    system.refuses = None  # somebody has raised the limit
    _until(lambda: changes.degraded is None, changes)
    saved = save(project, 1, 1)
    assert answer(changes).paths == saved


def test_a_package_folder_that_goes_and_comes_again_is_watched_again(
    project: Path, changes_of: Make, tmp_path: Path
) -> None:
    changes = changes_of(project)
    away = tmp_path / "away"
    (project / "notes").rename(away)
    assert len(answer(changes).paths) == 14
    away.rename(project / "notes")
    assert len(answer(changes).paths) == 14
    assert changes.next(0.3) is None
    saved = save(project, 0, 1)
    assert answer(changes).paths == saved


def test_on_a_network_file_system_files_are_looked_at(
    project: Path, changes_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "remote", lambda folder: "nfs4")
    changes = changes_of(project)
    assert changes.degraded is not None
    assert "network file system (nfs4)" in changes.degraded
    saved = save(project, 0, 1)
    assert answer(changes).paths == saved


def test_no_thread_is_left_by_watches_that_were_replaced(project: Path, changes_of: Make) -> None:
    before = set(threading.enumerate())
    system = System()
    changes = changes_of(project, start=system)
    for _ in range(2):
        system.die()
        assert changes.next(0.05) is None
    changes.close()
    assert set(threading.enumerate()) == before


def _until(true: Callable[[], bool], changes: Changes) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        assert changes.next(0.1) is None
