"""A runtime with two contexts, of which one has tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import Runtime
from tests.mcp.clients import desk


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    with Runtime.in_memory(actor="ada") as opened:
        opened.contexts.create("acme")
        opened.contexts.create("globex")
        opened.install(desk(tmp_path / "desk"), context="acme")
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With one version of a package, in the personal context."""
    with Runtime.open(tmp_path / "home", actor="ada") as runtime:
        runtime.install(desk(tmp_path / "desk"))
        runtime.contexts.create("acme")
    return tmp_path / "home"
