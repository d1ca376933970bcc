from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.operations.tidy import tidy
from tests.world import project, screen

LEFT = [
    f"blobs/ab/{'ab' * 32}.0123456789abcdef.tmp",
    f"about/{'ab' * 32}.json.0123456789abcdef.tmp",
    f"code/cpython-311/{'ab' * 32}.code.0123456789abcdef.tmp",
    "keys/actor-1.json.0123456789abcdef.tmp",
    "realms/notes.json.4711",
    "index.json.new",
]
KEPT = ["data/notes.tmp", "realms/notes.json", "notes.txt", "files/tree/notes.tmp"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in [*LEFT, *KEPT, f"files/{'ab' * 32}.0123456789abcdef.tmp/notes/__init__.py"]:
        path = tmp_path / "home" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return tmp_path / "home"


def test_what_somebody_may_be_about_to_put_in_place_stays(home: Path) -> None:
    assert tidy(str(home), time.time()) == []
    assert all((home / name).exists() for name in LEFT)


def test_what_is_older_than_an_hour_goes_and_nothing_else_does(home: Path) -> None:
    gone = tidy(str(home), time.time() + 3700)
    assert len(gone) == len(LEFT) + 1
    assert {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()} == set(KEPT)


def test_where_there_is_nothing_nothing_happens(tmp_path: Path) -> None:
    assert tidy(str(tmp_path / "none"), time.time()) == []


def test_an_installation_tidies_the_home(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime:
        left = tmp_path / "home" / "about" / "x.json.0123456789abcdef.tmp"
        left.parent.mkdir()
        left.write_text("")
        os.utime(left, (0, 0))
        runtime.install(project(tmp_path / "notes", files=screen("notes", "notes", "one")))
        assert not left.exists()
