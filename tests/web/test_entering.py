"""`web.middleware`: each request runs in its own context, to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import fastapi
import litestar
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from peers_runtime import Role, Runtime, web
from peers_runtime.web.entering import Resolve
from tests.web import django_host
from tests.web.consoles import SAMPLES


def tenant(connection: HTTPConnection) -> str | None:
    return connection.headers.get("x-tenant")


def application(runtime: Runtime, resolve: Resolve) -> TestClient:
    async def asked(request: Request) -> PlainTextResponse:
        handle = request.scope.get("peers.context")
        await asyncio.sleep(0)
        return PlainTextResponse(handle.module("notes.store").describe() if handle else "of no context")

    def in_thread(request: Request) -> PlainTextResponse:
        return PlainTextResponse(runtime.context("acme").module("notes.store").describe())

    async def streamed(request: Request) -> StreamingResponse:
        async def parts():
            handle = request.scope["peers.context"]
            for word in ("one", "two"):
                yield handle.module("notes.store").describe().split()[1] + " "
                if word == "one":
                    await asyncio.to_thread(runtime.install, SAMPLES / "notes-2", "acme")

        return StreamingResponse(parts())

    async def socket(connection: WebSocket) -> None:
        await connection.accept()
        handle = connection.scope["peers.context"]
        await connection.send_text(handle.module("notes.store").describe())
        await connection.close()

    routes = [
        Route("/", asked),
        Route("/thread", in_thread),
        Route("/stream", streamed),
        WebSocketRoute("/socket", socket),
    ]
    made = Starlette(routes=routes)
    made.add_middleware(web.middleware(runtime, resolve=resolve))
    return TestClient(made)


def test_each_request_has_the_version_of_its_tenant(notes: Runtime) -> None:
    client = application(notes, tenant)
    for name, version in (("acme", "notes 1.0.0"), ("globex", "notes 2.0.0"), ("acme", "notes 1.0.0")):
        assert client.get("/", headers={"x-tenant": name}).text.startswith(version)
    assert client.get("/").text == "of no context"


def test_an_answer_ends_on_the_version_that_it_began_on(notes: Runtime) -> None:
    client = application(notes, tenant)
    assert client.get("/stream", headers={"x-tenant": "acme"}).text == "1.0.0 1.0.0 "
    assert client.get("/", headers={"x-tenant": "acme"}).text.startswith("notes 2.0.0")


def test_handlers_in_threads_are_in_the_context_too(notes: Runtime) -> None:
    client = application(notes, tenant)
    assert client.get("/thread", headers={"x-tenant": "acme"}).text.startswith("notes 1.0.0")


def test_who_asks_is_judged_by_role(notes: Runtime) -> None:
    notes.members.set("acme", "bob", Role.READER)

    async def resolve(connection: HTTPConnection) -> tuple[str, str]:
        return connection.headers["x-tenant"], connection.headers["x-user"]

    client = application(notes, resolve)
    assert client.get("/", headers={"x-tenant": "acme", "x-user": "bob"}).status_code == 200
    refused = client.get("/", headers={"x-tenant": "globex", "x-user": "bob"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "P0406")
    assert client.get("/", headers={"x-tenant": "personal", "x-user": "bob"}).status_code == 403
    unknown = client.get("/", headers={"x-tenant": "nowhere", "x-user": "bob"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "P0403")


def test_web_sockets_are_in_their_context_or_closed(notes: Runtime) -> None:
    client = application(notes, tenant)
    with client.websocket_connect("/socket", headers={"x-tenant": "globex"}) as socket:
        assert socket.receive_text().startswith("notes 2.0.0")
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/socket", headers={"x-tenant": "no"}):
        pass


# ── in hosts ─────────────────────────────────────────────────────────────────────────────────────────


def said(request: Any) -> str:
    found: str = request.scope["peers.context"].module("notes.store").describe()
    return found


def in_starlette(entering: Callable[[ASGIApp], ASGIApp]) -> ASGIApp:
    def notes(request: Request) -> PlainTextResponse:
        return PlainTextResponse(said(request))

    return Starlette(routes=[Route("/notes", notes)], middleware=[Middleware(entering)])


def in_fastapi(entering: Callable[[ASGIApp], ASGIApp]) -> ASGIApp:
    made = fastapi.FastAPI()
    made.add_middleware(entering)

    @made.get("/notes")
    def notes(request: fastapi.Request) -> str:
        return said(request)

    return made


def in_litestar(entering: Callable[[ASGIApp], ASGIApp]) -> ASGIApp:
    @litestar.get("/notes", sync_to_thread=True)
    def notes(request: litestar.Request[Any, Any, Any]) -> str:
        return said(request)

    return litestar.Litestar([notes], middleware=[entering], openapi_config=None, logging_config=None)


def in_django(entering: Callable[[ASGIApp], ASGIApp]) -> ASGIApp:
    return entering(django_host.application())


@pytest.mark.parametrize("host", [in_starlette, in_fastapi, in_litestar, in_django])
def test_it_fits_each_host(notes: Runtime, host: Callable[[Callable[[ASGIApp], ASGIApp]], ASGIApp]) -> None:
    made = host(web.middleware(notes, resolve=tenant))
    client = TestClient(made)
    for name, version in (("acme", "notes 1.0.0"), ("globex", "notes 2.0.0")):
        answer = client.get("/notes", headers={"x-tenant": name})
        assert answer.status_code == 200, answer.text
        assert answer.text.strip('"').startswith(version)
    assert client.get("/notes", headers={"x-tenant": "nowhere"}).json()["error"]["code"] == "P0403"
