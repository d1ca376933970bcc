"""The folder list is the architecture: rooms have charters that are true, and tests that mirror them."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "peers_runtime"
ROOMS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))
ABOUT_THE_PROJECT = {"conventions", "crash", "fakes", "typing"}  # folders of tests that belong to no room
MOUNTED = {"web"}  # rooms whose names hosts write: fetched when they are asked for, as the root's are
_LAZY = (ast.ImportFrom, ast.Assign, ast.If)
_ENTRY = re.compile(r"^- ((?:`[\w./]+`(?:, )?)+):((?:.|\n(?!- |\n))*)", re.MULTILINE)
_NAME = re.compile(r"`([\w.]+?)(?:\.py|/)?`")

ALONE = """
import contextlib, importlib, json, os, sys, traceback
names = json.load(sys.stdin)

def child(act):
    reading, writing = os.pipe()
    if not (number := os.fork()):
        try:
            os.write(writing, act().encode())
        except BaseException:
            os.write(writing, traceback.format_exc()[-4000:].encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    os.waitpid(number, 0)
    return said

def others():
    for name in names:
        with contextlib.suppress(BaseException):
            importlib.import_module(name)
    return "\\n".join(name for name in sys.modules if not name.startswith("peers_"))

for name in child(others).split():  # what is not ours is imported once for all, and knows nothing of ours
    with contextlib.suppress(BaseException):
        importlib.import_module(name)
assert not [name for name in sys.modules if name.startswith("peers_")]
told = {name: child(lambda: importlib.import_module(name) and "") for name in names}
json.dump({name: text for name, text in told.items() if text}, sys.stdout)
"""


def test_tests_mirror_the_rooms() -> None:
    folders = {path.name for path in (ROOT / "tests").iterdir() if any(path.rglob("*.py"))}
    folders = {name for name in folders if (ROOT / "tests" / name).is_dir()}
    assert folders - ABOUT_THE_PROJECT == {room.name for room in ROOMS}


def test_folders_of_tests_are_no_packages() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_charter_is_a_docstring_and_nothing_else(room: Path) -> None:
    body = ast.parse((room / "__init__.py").read_text(encoding="utf-8")).body
    if room.name in MOUNTED:
        assert all(isinstance(statement, _LAZY) for statement in body[1:])
    else:
        assert len(body) == 1
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_charter_names_all_that_is_there_and_nothing_else(room: Path) -> None:
    charter = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    entries = _ENTRY.findall(charter)
    heads = {name for head, _ in entries for name in _NAME.findall(head)}
    mentioned = {name for _, text in entries for name in _NAME.findall(text)}
    there = {path.stem for path in room.glob("*.py")} - {"__init__"}
    there |= {path.name for path in room.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    assert heads <= there
    assert there <= heads | mentioned


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_module_can_be_imported_first(room: Path) -> None:
    names = [name for path in sorted(room.rglob("*.py")) if (name := _module_name(path))]
    assert names
    run = subprocess.run(
        [sys.executable, "-c", ALONE],
        input=json.dumps(names),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=150,
    )
    failed = json.loads(run.stdout)
    assert not failed, "\n".join(f"{name}: {text}" for name, text in failed.items())


def _module_name(path: Path) -> str | None:
    """None for scripts that another program runs: no module of an importable package."""
    folders = [folder for folder in path.parents if PACKAGE in (folder, *folder.parents)]
    if path.stem == "__main__" or not all((folder / "__init__.py").exists() for folder in folders):
        return None
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
