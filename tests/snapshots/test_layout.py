from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from peers_runtime.model.modules import ModuleFile
from peers_runtime.snapshots import layout
from tests.snapshots.parts import write_files


@pytest.mark.parametrize(
    "path",
    [
        "notes/store.py",
        "notes/assets/logo.svg",
        "notes/py.typed",
        "notes/migrations/0001_first.py",
        "notes/a folder/a file.txt",
        "notes/_private/~x",
    ],
)
def test_what_an_author_wrote_is_kept(path: str) -> None:
    assert layout.keeps(path)


@pytest.mark.parametrize(
    "path",
    [
        "notes/__pycache__/store.cpython-311.pyc",
        "notes/store.pyc",
        "notes/.git/HEAD",
        "notes/.gitignore",
        "notes/.DS_Store",
        "notes/.store.py.swp",
        "notes/.#store.py",
        "notes/store.py~",
        "notes/.mypy_cache/3.11/x.json",
        "notes/CVS/Root",
        "notes/Thumbs.db",
    ],
)
def test_caches_hidden_files_and_leftovers_are_not_kept(path: str) -> None:
    assert not layout.keeps(path)


def test_modules_are_named_as_they_are_imported() -> None:
    assert layout.modules(["notes/ui/note.py", "notes/__init__.py", "notes/assets/logo.svg"]) == {
        "notes": ModuleFile("notes/__init__.py", True),
        "notes.assets": ModuleFile(None, True),
        "notes.ui": ModuleFile(None, True),
        "notes.ui.note": ModuleFile("notes/ui/note.py", False),
    }


def test_a_package_wins_over_a_module_and_that_over_a_bare_folder() -> None:
    assert layout.modules(["n/a.py", "n/a/__init__.py"])["n.a"] == ModuleFile("n/a/__init__.py", True)
    assert layout.modules(["n/a.py", "n/a/x.txt"])["n.a"] == ModuleFile("n/a.py", False)
    assert layout.modules(["n/a/x.py", "n/a.py"])["n.a"] == ModuleFile("n/a.py", False)


def test_names_with_a_dot_are_no_modules() -> None:
    assert list(layout.modules(["n/a.b.py", "n/c.d/e.py", "n/.py", "n/x.pyi"])) == ["n"]


def test_modules_agree_with_the_interpreter(tmp_path: Path) -> None:
    files = {
        "n/__init__.py": b"",
        "n/a.py": b"",
        "n/a/hidden.py": b"",
        "n/b/__init__.py": b"",
        "n/b.py": b"",
        "n/bare/deep/leaf.py": b"",
        "n/0001_first.py": b"",
    }
    write_files(tmp_path, files)
    ours = layout.modules(files)
    script = (
        "import importlib.util, sys\nfor name in sys.argv[1:]: print(importlib.util.find_spec(name).origin)"
    )
    # modules under a name that a module has taken are listed, but nothing can import them; nor here
    importable = [name for name in ours if name != "n.a.hidden"]
    run = subprocess.run(
        [sys.executable, "-c", script, *importable], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    origins = [None if line == "None" else Path(line) for line in run.stdout.splitlines()]
    paths = [ours[name].path for name in importable]
    assert origins == [None if path is None else tmp_path / path for path in paths]
    walked = {"n", *(each.name for each in pkgutil.walk_packages([str(tmp_path / "n")], "n."))}
    assert walked <= ours.keys()
