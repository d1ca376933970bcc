"""A runtime with two contexts, and a browser in its console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from peers_runtime import Runtime, web
from peers_runtime.web.console import Console
from tests.web.consoles import HOST, SAMPLES, entered


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory(actor="ada") as opened:
        opened.contexts.create("acme")
        opened.contexts.create("globex")
        yield opened


@pytest.fixture
def notes(runtime: Runtime) -> Runtime:
    """Two versions of one package, each in a context; in one of them both are stored."""
    runtime.install(SAMPLES / "notes-1", context="acme")
    runtime.install(SAMPLES / "notes-2", context="globex")
    return runtime


@pytest.fixture
def console(runtime: Runtime) -> Iterator[Console]:
    made = web.app(runtime, hosts=[HOST])
    yield made
    made.close()


@pytest.fixture
def client(console: Console) -> TestClient:
    return entered(console)
