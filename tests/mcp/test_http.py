"""A real server, asked by the SDK's client: each one is let into its own context, and no further."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import SubscriptionLost
from mcp.server.streamable_http import GET_STREAM_KEY
from mcp.shared.exceptions import MCPError
from starlette.applications import Starlette
from starlette.routing import Mount

from peers_runtime import Role, Runtime, web
from peers_runtime.web import bodies
from peers_runtime.web.serving import Server
from tests.mcp.clients import ERAS, PATIENCE_S, PLATFORM, appeared, connected, desk, listed, over_http, text

BEGIN = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
BEGUN = {"jsonrpc": "2.0", "method": "notifications/initialized"}
CHANGED = "notifications/tools/list_changed"
LIST = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
SPEAKS = {"accept": "application/json, text/event-stream"}


@pytest.fixture
def server(runtime: Runtime) -> Iterator[Server]:
    with Server(web.app(runtime, token="the-token-of-this-test")) as opened:
        yield opened


@pytest.fixture
def shared(runtime: Runtime) -> Iterator[Server]:
    """One that knows who asks, from a header."""
    runtime.members.set("acme", "bob", Role.READER)
    runtime.members.set("globex", "bob", Role.ADMIN)
    with Server(web.app(runtime, actor=lambda asked: asked.headers.get("x-user"))) as opened:
        yield opened


OPENED = {"authorization": "Bearer the-token-of-this-test"}


@pytest.mark.parametrize("era", ERAS)
def test_a_clientlists_and_calls_the_tools_of_its_context(server: Server, era: str) -> None:
    async def story() -> None:
        async with connected(over_http(server.address, "acme", OPENED), era) as client:
            assert await client.names() == [*listed(), *PLATFORM]
            answer = await client.call("desk-add", first=2, second=3)
            assert answer.structured_content == {"total": 5}
            assert (await client.call("desk-add", first="x")).is_error
            assert text(await client.call("desk-who")) == '{"folder":"ada in acme"}'
        async with connected(over_http(server.address, "globex", OPENED), era) as client:
            assert await client.names() == PLATFORM
            with pytest.raises(MCPError, match="has a tool 'desk-add'"):
                await client.call("desk-add", first=1, second=1)

    anyio.run(story)


@pytest.mark.parametrize("era", ERAS)
def test_each_context_is_told_of_its_own_changes(
    runtime: Runtime, server: Server, tmp_path: Path, era: str
) -> None:
    async def story() -> None:
        async with (
            connected(over_http(server.address, "acme", OPENED), era) as here,
            connected(over_http(server.address, "globex", OPENED), era) as there,
        ):
            if (
                era == ERAS[0]
            ):  # a session's client opens the stream that it hears on by itself, a moment later
                await anyio.to_thread.run_sync(until_two_hear, server)
            await anyio.to_thread.run_sync(
                lambda: runtime.install(desk(tmp_path / "desk", usage="Add them"), context="globex")
            )
            await there.until_told()
            await anyio.to_thread.run_sync(lambda: runtime.disable("desk", context="acme"))
            await here.until_told()
            assert await here.names() == PLATFORM
            assert (here.told, there.told) == (1, 1)

    anyio.run(story)


def test_who_begins_to_hear_late_is_told_once_of_what_changed_before(
    runtime: Runtime, server: Server, tmp_path: Path
) -> None:
    url = f"{server.address}mcp/acme"
    heard: list[str] = []

    async def hear(lines: AsyncIterator[str], enough: int) -> None:
        with anyio.fail_after(PATIENCE_S):
            while len(heard) < enough:
                line = await anext(lines)
                if line.startswith("data: "):
                    heard.append(json.loads(line.removeprefix("data: "))["method"])

    async def story() -> None:
        http = httpx2.AsyncClient(headers={**SPEAKS, **OPENED}, timeout=2 * PATIENCE_S)
        async with http, connected(over_http(server.address, "acme", OPENED), ERAS[1]) as other:
            begun = await http.post(url, json=BEGIN)
            session = {"mcp-session-id": begun.headers["mcp-session-id"]}
            assert (await http.post(url, json=BEGUN, headers=session)).status_code == 202
            await anyio.to_thread.run_sync(lambda: runtime.disable("desk", context="acme"))
            await other.until_told()
            async with http.stream("GET", url, headers=session) as stream:
                lines = stream.aiter_lines()
                await hear(lines, 1)
                shelf = desk(tmp_path / "shelf", name="shelf")
                await anyio.to_thread.run_sync(lambda: runtime.install(shelf, context="acme"))
                await other.until_told()
                await hear(lines, 2)
                await anyio.to_thread.run_sync(server.stop)
                heard.extend([line async for line in lines if line.startswith("data: ")])
        heard.append("nothing more")

    try:
        anyio.run(story)
    except* SubscriptionLost:
        heard.append("nothing more")  # the other one's, when the server ended
    assert heard[:3] == [CHANGED, CHANGED, "nothing more"]


def until_two_hear(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        endpoints = server._console._mcp_clients._endpoints
        managers = [one.manager for these in endpoints._open.values() for one in these.values()]
        sessions = [one for manager in managers for one in manager._server_instances.values()]
        if sum(GET_STREAM_KEY in one._request_streams for one in sessions) == 2:
            return
        time.sleep(0.01)  # the server tells nobody that a stream is open
    raise AssertionError("no stream has been opened")


@pytest.mark.parametrize("era", ERAS)
def test_progress_comes_and_giving_up_stops_the_tool(server: Server, tmp_path: Path, era: str) -> None:
    heard: list[tuple[float, float | None, str | None]] = []

    async def hear(done: float, total: float | None, message: str | None) -> None:
        heard.append((done, total, message))

    async def story() -> None:
        async with connected(over_http(server.address, "acme", OPENED), era) as client:
            await client.client.call_tool("desk-steps", {}, progress_callback=hear)
            async with anyio.create_task_group() as group:
                group.start_soon(lambda: client.call("desk-wait", folder=str(tmp_path)))
                await appeared(tmp_path / "began")
                group.cancel_scope.cancel()
            await appeared(tmp_path / "stopped")

    anyio.run(story)
    assert heard == [(1, 3, "step 1"), (2, 3, "step 2"), (3, 3, "step 3")]


@pytest.mark.parametrize("era", ERAS)
def test_everybody_acts_for_themselves(shared: Server, era: str) -> None:
    async def story() -> None:
        given = {"package": "desk", "version": "1.0.0", "to": "stable", "dry_run": True}
        async with (
            connected(over_http(shared.address, "acme", {"x-user": "ada"}), era) as ada,
            connected(over_http(shared.address, "acme", {"x-user": "bob"}), era) as bob,
        ):
            assert text(await ada.call("desk-who")) == '{"folder":"ada in acme"}'
            assert text(await bob.call("desk-who")) == '{"folder":"bob in acme"}'
            assert not (await ada.call("promote-package-version", **given)).is_error
            assert text(await bob.call("promote-package-version", **given)).startswith("error[P0406]: bob")

    anyio.run(story)


def test_who_brings_no_token_is_not_let_in(server: Server) -> None:
    url = f"{server.address}mcp/acme"
    with httpx2.Client(follow_redirects=True) as session, httpx2.Client() as stranger:
        session.get(server.url)  # a browser that has been let in, with its cookie
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "the-token-of-this-test"}):
            for client in (stranger, session):
                refused = client.post(url, json=BEGIN, headers={**SPEAKS, **headers})
                assert (refused.status_code, refused.json()["error"]["code"]) == (401, "P0903")
        assert session.get(f"{url}?token=the-token-of-this-test", headers=SPEAKS).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"host": "evil.example"}, 421),
    ],
)
def test_other_sites_and_large_requests_are_refused_unread(
    server: Server, headers: dict[str, str], status: int
) -> None:
    refused = httpx2.post(f"{server.address}mcp/acme", content=b"{}", headers={**SPEAKS, **OPENED, **headers})
    assert refused.status_code == status


def test_without_a_context_the_right_address_is_told_after_the_same_checks(server: Server) -> None:
    url = f"{server.address}mcp"

    def ask(**headers: str) -> httpx2.Response:
        return httpx2.post(url, json=BEGIN, headers={**SPEAKS, **headers})

    told = ask(**OPENED)
    assert (told.status_code, told.json()["error"]["hint"]) == (404, "use /mcp/CONTEXT")
    assert ask().status_code == 401
    assert ask(authorization="Bearer another").status_code == 401
    assert ask(**OPENED, origin="http://evil.example").status_code == 403
    assert ask(**OPENED, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert ask(**OPENED, host="evil.example").status_code == 421


def test_a_request_that_is_too_large_is_refused(server: Server) -> None:
    url = f"{server.address}mcp/acme"
    body = b" " * (bodies.LARGEST + 1)
    headers = {**SPEAKS, **OPENED, "content-type": "application/json"}
    assert httpx2.post(url, content=body, headers=headers).status_code == 413
    assert httpx2.post(url, content=iter([body]), headers=headers).status_code == 413


def test_contexts_that_one_may_not_see_are_refused(shared: Server) -> None:
    def status(context: str, user: str | None) -> int:
        headers = {**SPEAKS, **({"x-user": user} if user else {})}
        return httpx2.post(f"{shared.address}mcp/{context}", json=BEGIN, headers=headers).status_code

    assert status("acme", "bob") == 200
    assert status("acme", "eve") == 403
    assert status("personal", "bob") == 403
    assert status("nowhere", "bob") == 404
    assert status("acme", None) == 401


def test_a_session_is_good_for_its_context_and_its_actor_alone(shared: Server) -> None:
    def ask(context: str, user: str, session: str) -> Any:
        headers = {**SPEAKS, "x-user": user, "mcp-session-id": session}
        return httpx2.post(f"{shared.address}mcp/{context}", json=LIST, headers=headers)

    begun = httpx2.post(f"{shared.address}mcp/acme", json=BEGIN, headers={**SPEAKS, "x-user": "bob"})
    session = begun.headers["mcp-session-id"]
    answer = ask("acme", "bob", session)
    assert answer.status_code == 200
    assert "desk-add" in answer.text
    assert ask("globex", "bob", session).status_code == 404
    assert ask("acme", "ada", session).status_code == 404
    ended = httpx2.delete(
        f"{shared.address}mcp/acme", headers={**SPEAKS, "x-user": "bob", "mcp-session-id": session}
    )
    assert ended.status_code == 200
    assert ask("acme", "bob", session).status_code == 404


@pytest.mark.parametrize("era", ERAS)
def test_a_server_that_ends_waits_for_no_client_and_stops_what_they_have_called(
    server: Server, tmp_path: Path, era: str
) -> None:
    async def story() -> None:
        async with (
            connected(over_http(server.address, "acme", OPENED), era) as client,
            anyio.create_task_group() as group,
        ):
            group.start_soon(lambda: client.call("desk-wait", folder=str(tmp_path)))
            await appeared(tmp_path / "began")
            with anyio.fail_after(4):  # less than it waits for answers that are under way
                await anyio.to_thread.run_sync(server.stop, abandon_on_cancel=True)
            await appeared(tmp_path / "stopped")
            group.cancel_scope.cancel()

    try:
        anyio.run(story)
    except* (SubscriptionLost, MCPError, httpx2.HTTPError):
        pass  # that it has gone is all the client can know


def test_it_lies_below_the_prefix_of_a_host(runtime: Runtime) -> None:
    console = web.app(runtime, token="the-token-of-this-test", hosts=["shop.example"])
    shop = Starlette(routes=[Mount("/admin", console)])

    async def story() -> None:
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(shop), headers=OPENED)
        url = "http://shop.example/admin/mcp/acme"
        async with http, Client(streamable_http_client(url, http_client=http), mode=ERAS[1]) as client:
            answer = await client.call_tool("desk-add", {"first": 1, "second": 2})
            assert answer.structured_content == {"total": 3}

    anyio.run(story)
    console.close()
