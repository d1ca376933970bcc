"""A runtime with two contexts, and a browser in its console."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from peers_runtime import Runtime, web
from peers_runtime.web.console import Console
from peers_runtime.web.serving import Server
from tests.web.consoles import HOST, SAMPLES, entered

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from tests.web.browsers import Tab


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


# ── in Chromium ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def everything(notes: Runtime, tmp_path: Path) -> Runtime:
    for name in ("charts", "tasks-1", "projects", "fancy_tasks", "board", "timer", "planner"):
        notes.install(SAMPLES / name, context="acme")
    from tests.web.browsers import clock

    notes.install(clock(tmp_path / "clock"), context="acme")
    return notes


@pytest.fixture
def server(runtime: Runtime) -> Iterator[Server]:
    with Server(web.app(runtime)) as serving:
        yield serving


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(reduced_motion="reduce")
    yield made
    made.close()


@pytest.fixture
def tab(context: BrowserContext, server: Server) -> Tab:
    from tests.web.browsers import Tab

    return Tab(context.new_page(), server)
