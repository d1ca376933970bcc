"""What an author is told of the files that do not get into a package."""

from __future__ import annotations

import os

from peers_runtime.projects import left_out, sources
from tests.projects.conftest import Project
from tests.snapshots.parts import FILES, write_files


def test_a_project_in_order_leaves_nothing_to_tell(project: Project) -> None:
    folder = project()
    write_files(
        folder / "src" / "notes", {"__pycache__/store.cpython-311.pyc": b"", "ui/__pycache__/a.pyc": b""}
    )
    write_files(folder, {"README.md": b"", "tests/test_notes.py": b"", ".git/HEAD": b""})
    assert left_out.remarks(sources.read(folder)) == ()


def test_what_is_left_out_is_told(project: Project) -> None:
    folder = project()
    write_files(
        folder / "src" / "notes",
        {".env": b"", "store.pyc": b"", "ui/note.py~": b"", ".git/HEAD": b"", ".git/objects/12": b""},
    )
    reason = "is left out: it is hidden, compiled, left by an editor or no file"
    assert left_out.remarks(sources.read(folder)) == (
        f"notes/.env {reason}",
        "notes/.git/ is left out: it is hidden or a cache",
        f"notes/store.pyc {reason}",
        f"notes/ui/note.py~ {reason}",
    )


def test_what_is_no_file_is_told(project: Project) -> None:
    folder = project()
    os.mkfifo(folder / "src" / "notes" / "pipe")
    (told,) = left_out.remarks(sources.read(folder))
    assert told.startswith("notes/pipe is left out")


def test_links_are_told(project: Project) -> None:
    folder = project()
    package = folder / "src" / "notes"
    write_files(folder / "elsewhere", {"more.py": b"", "data/a.txt": b""})
    for name, to in {
        "more.py": "more.py",
        "data": "data",
        "gone.py": "gone.py",
        ".more.py": "more.py",
    }.items():
        (package / name).symlink_to(folder / "elsewhere" / to)
    (package / "again").symlink_to(package)
    source = sources.read(folder)
    assert source.files.keys() == {*FILES, "notes/more.py", "notes/data/a.txt"}
    assert left_out.remarks(source) == (
        "notes/.more.py is a link, and is left out",
        "notes/again is a link, and is left out",
        "notes/data is a link: a copy of what it leads to is in the package",
        "notes/gone.py is a link that leads nowhere, and is left out",
        "notes/more.py is a link: a copy of what it leads to is in the package",
    )
