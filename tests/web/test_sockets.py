"""Websockets of sub-applications: the same guard as for requests, and an end when it no longer lets in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from peers_runtime import Role, Runtime, web
from peers_runtime.web.console import Console
from tests.web.consoles import HOST, ORIGIN, browser, shown
from tests.world import an_id

AT = f"/c/acme/apps/{an_id('talk', 'ui')}/room"
CODE = """
    async def app(scope, receive, send):
        if scope["type"] != "websocket":
            return
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        cookies = [value for name, value in scope["headers"] if name == b"cookie"]
        while (message := await receive())["type"] == "websocket.receive":
            said = f"{scope['root_path']} {scope['path']} {cookies} {message['text']}"
            await send({"type": "websocket.send", "text": said})
"""


@pytest.fixture
def talk(runtime: Runtime, tmp_path: Path) -> Runtime:
    runtime.install(shown(tmp_path, "talk", CODE, target="asgi", content="talk.ui:app"), context="acme")
    return runtime


def test_a_socket_of_the_consoles_own_page_is_let_through(talk: Runtime, client: TestClient) -> None:
    with client.websocket_connect(AT, headers=ORIGIN) as socket:
        socket.send_text("hello")
        base = AT.removesuffix("/room")
        assert socket.receive_text() == f"{base} {AT} [b''] hello"  # the session is the console's business


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.example"}, {"origin": "null"}])
def test_another_sites_page_gets_none(talk: Runtime, client: TestClient, headers: Mapping[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect) as ended, client.websocket_connect(AT, headers=dict(headers)):
        pass
    assert ended.value.code == 1008


def test_without_the_token_there_is_none(talk: Runtime, console: Console) -> None:
    stranger = browser(console)
    for address in (AT, f"{AT}?token={console.token}"):
        with pytest.raises(WebSocketDisconnect), stranger.websocket_connect(address, headers=ORIGIN):
            pass


def test_it_is_for_members_and_ends_when_one_is_no_more(talk: Runtime) -> None:
    console = web.app(talk, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    bob = browser(console)
    bob.headers["x-user"] = "bob"
    with pytest.raises(WebSocketDisconnect), bob.websocket_connect(AT, headers=ORIGIN):
        pass
    talk.members.set("acme", "bob", Role.READER)
    with bob.websocket_connect(AT, headers=ORIGIN) as socket:
        socket.send_text("hello")
        assert socket.receive_text().endswith("hello")
        talk.members.set("acme", "bob", Role.NONE)
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
    assert ended.value.code == 1008
    console.close()


def test_it_ends_with_the_console(talk: Runtime, console: Console, client: TestClient) -> None:
    with client.websocket_connect(AT, headers=ORIGIN) as socket:
        socket.send_text("hello")
        socket.receive_text()
        console.close()
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
    assert ended.value.code == 1001


def test_what_is_no_application_takes_none(notes: Runtime, client: TestClient) -> None:
    route = notes.context("acme").routes.list()[0]
    at = f"/c/acme/apps/{route.peers_ui_id}/"
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(at, headers=ORIGIN):
        pass
