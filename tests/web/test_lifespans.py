"""A sub-application begins with its first request, and ends with its version or its console."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from peers_runtime import Runtime, web
from peers_runtime.web import lifespans
from peers_runtime.web.serving import Server
from tests.web.consoles import active, shown
from tests.world import an_id

UI = an_id("life", "ui")
CODE = """
    import pathlib
    log = pathlib.Path(LOG)

    def note(text):
        with log.open("a") as file:
            file.write(text + "\\n")

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            assert (await receive())["type"] == "lifespan.startup"
            scope["state"]["pool"] = "VERSION"
            note("begins VERSION")
            await send({"type": "lifespan.startup.complete"})
            assert (await receive())["type"] == "lifespan.shutdown"
            note("ends VERSION")
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["state"]["pool"].encode()})
"""


class Log:
    """What applications have written; waited for."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []

    def wait_for(self, *lines: str) -> None:
        import time

        until = time.monotonic() + 20
        while self() != list(lines):
            assert time.monotonic() < until, self()
            time.sleep(0.01)  # what an application writes down tells nobody


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "log.txt")


def life(tmp_path: Path, log: Log, version: str = "1.0.0", code: str = CODE) -> Path:
    code = code.replace("LOG", repr(str(log.path))).replace("VERSION", version)
    return shown(tmp_path / version, "life", code, target="asgi", content="life.ui:app", version=version)


def asked(client: httpx2.Client, server: Server, context: str = "acme") -> httpx2.Response:
    return client.get(f"{server.address}c/{context}/apps/{UI}/", headers={"accept": "application/json"})


def test_it_begins_once_and_ends_with_the_server(runtime: Runtime, tmp_path: Path, log: Log) -> None:
    for context in ("acme", "globex"):
        runtime.install(life(tmp_path, log), context=context)
    with Server(web.app(runtime)) as server, httpx2.Client(follow_redirects=True, timeout=30) as client:
        client.get(server.url)
        assert log() == []
        assert [asked(client, server, one).text for one in ("acme", "globex", "acme")] == ["1.0.0"] * 3
        assert log() == ["begins 1.0.0"]
    assert log() == ["begins 1.0.0", "ends 1.0.0"]


def test_it_ends_when_its_version_is_active_nowhere_that_used_it(
    runtime: Runtime, tmp_path: Path, log: Log
) -> None:
    for context in ("acme", "globex"):
        runtime.install(life(tmp_path, log), context=context)
    with Server(web.app(runtime)) as server, httpx2.Client(follow_redirects=True, timeout=30) as client:
        client.get(server.url)
        for context in ("acme", "globex"):
            asked(client, server, context)
        runtime.install(life(tmp_path, log, "2.0.0"), context="acme")
        assert asked(client, server).text == "2.0.0"
        assert log() == ["begins 1.0.0", "begins 2.0.0"]  # globex goes on with the first
        runtime.disable("life", context="globex")
        log.wait_for("begins 1.0.0", "begins 2.0.0", "ends 1.0.0")
        assert asked(client, server).text == "2.0.0"


def test_it_ends_with_the_runtime(tmp_path: Path, log: Log) -> None:
    runtime = Runtime.in_memory(actor="ada")
    runtime.install(life(tmp_path, log))
    console = web.app(runtime)
    with Server(console) as server, httpx2.Client(follow_redirects=True, timeout=30) as client:
        client.get(server.url)
        assert asked(client, server, "personal").text == "1.0.0"
        runtime.close()
        assert console.changes.state  # whoever looks next sees it
        log.wait_for("begins 1.0.0", "ends 1.0.0")


FAILING = """
    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no pool"})
"""
SILENT = """
    import asyncio

    async def app(scope, receive, send):
        await asyncio.Event().wait()
"""


@pytest.mark.parametrize(("code", "why"), [(FAILING, "no pool"), (SILENT, "it has not answered after")])
def test_one_that_cannot_begin_says_why(
    runtime: Runtime, tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch, code: str, why: str
) -> None:
    monkeypatch.setattr(lifespans, "PATIENCE_S", 0.3)
    runtime.install(life(tmp_path, log, code=code), context="acme")
    with Server(web.app(runtime)) as server, httpx2.Client(follow_redirects=True, timeout=30) as client:
        client.get(server.url)
        answer = asked(client, server)
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "P0206")
        assert why in answer.json()["error"]["message"]


def test_what_goes_wrong_later_is_a_diagnostic(runtime: Runtime, tmp_path: Path, log: Log) -> None:
    broken = CODE.replace('note("ends VERSION")', 'raise OSError("no way out")')
    runtime.install(life(tmp_path, log, code=broken), context="acme")
    with Server(web.app(runtime)) as server, httpx2.Client(follow_redirects=True, timeout=30) as client:
        client.get(server.url)
        assert asked(client, server).text == "1.0.0"
    assert active(runtime, "life") == "1.0.0"
    assert ["no way out" in one.message for one in runtime.diagnostics() if one.code == "P0206"] == [True]
