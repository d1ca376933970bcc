"""A runtime of its own for each test, or a group of devices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import Runtime
from tests import postgres
from tests.host.devices import Group


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        opened.contexts.create("acme")
        opened.contexts.create("globex")
        yield opened


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def group(request: pytest.FixtureRequest, tmp_path: Path) -> Group:
    """Devices whose catalog is a file, or lies on a server."""
    if request.param == "file":
        return Group(tmp_path)
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return Group(tmp_path, server.new_database())
