"""`peers graph`: in words, as data, and as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from peers_runtime import Runtime
from tests.cli.running import SAMPLES, Ran

Peers = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Runtime.open(tmp_path / "home", facades=False) as runtime:
        for name in ("board", "tasks-1", "projects"):
            runtime.install(SAMPLES / name)
    return tmp_path / "home"


def test_who_needs_whom_is_listed_with_who_needs_nobody(home: Path, peers_here: Peers) -> None:
    assert peers_here("--home", home, "graph").out.splitlines() == [
        "PACKAGE         NEEDS    FROM",
        "projects@1.0.0  Tasks 1  tasks@1.0.0",
        "alone: board@1.0.0",
    ]


def test_programs_get_the_arrows(home: Path, peers_here: Peers) -> None:
    data = peers_here("--home", home, "graph", "--json").data
    assert set(data["packages"]) == {"board@1.0.0", "projects@1.0.0", "tasks@1.0.0"}
    assert data["arrows"] == [
        {"source": "projects@1.0.0", "target": "tasks@1.0.0", "label": "Tasks 1", "kind": "contract"}
    ]


def test_a_picture_is_printed_as_a_file(home: Path, peers_here: Peers) -> None:
    root = ET.fromstring(peers_here("--home", home, "graph", "--svg").out)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {"board", "projects", "tasks"} <= {
        one.text for one in root.iter("{http://www.w3.org/2000/svg}text")
    }


def test_a_context_without_packages_says_so(tmp_path: Path, peers_here: Peers) -> None:
    empty = tmp_path / "empty"
    assert peers_here("--home", empty, "contexts", "create", "acme").code == 0
    assert peers_here("--home", empty, "graph").out == "no packages in personal\n"
