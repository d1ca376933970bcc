"""The server of the console: it begins at once, and takes everything along when it ends."""

from __future__ import annotations

import socket
import threading

import httpx2
import pytest

from peers_runtime import InvalidSetting, Runtime, web
from peers_runtime.operations import faults
from peers_runtime.web import serving
from peers_runtime.web.serving import Server


def test_it_answers_as_soon_as_it_has_begun_and_no_longer_when_it_has_ended(runtime: Runtime) -> None:
    with Server(web.app(runtime)) as server:
        assert httpx2.get(server.url, follow_redirects=True).status_code == 200
        assert httpx2.get(server.at("acme"), follow_redirects=True).url.path == "/c/acme/"
        assert httpx2.get(server.address).status_code == 401
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(server.url)
    assert not [thread for thread in threading.enumerate() if thread.name == "peers-web"]
    server.stop()


def test_it_says_nothing_of_itself(runtime: Runtime) -> None:
    with Server(web.app(runtime)) as server:
        assert "server" not in httpx2.get(server.address).headers


def test_a_port_that_is_taken_is_said_so(runtime: Runtime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = f"nothing can be served at http://127.0.0.1:{port}: Address"
        with pytest.raises(InvalidSetting, match=told) as said:
            Server(web.app(runtime), port=port)
    assert "--port" in said.value.hint
    assert faults.find_place(said.value) is None


def test_a_host_that_is_none_is_said_so(runtime: Runtime) -> None:
    with pytest.raises(InvalidSetting, match="nothing can be served at"):
        Server(web.app(runtime), host="no.such.host.invalid")


def address(server: Server) -> tuple[str, int]:
    host, port = server.address.removeprefix("http://").rstrip("/").split(":")
    return host, int(port)


@pytest.mark.parametrize("drops", ["", "GET / HTTP/1.1\r\nHost: ", "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n"])
def test_the_head_of_a_request_has_to_come_in_time(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, drops: str
) -> None:
    monkeypatch.setattr(serving, "HEAD_PATIENCE_S", 0.3)
    with Server(web.app(runtime)) as server, socket.create_connection(address(server)) as slow:
        slow.settimeout(20)
        slow.sendall(drops.encode())
        assert slow.recv(100) == b""  # closed, and not because it said something wrong


def test_a_drop_now_and_then_does_not_put_off_the_end(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "HEAD_PATIENCE_S", 0.5)
    with Server(web.app(runtime)) as server, socket.create_connection(address(server)) as slow:
        slow.settimeout(0.05)
        slow.sendall(b"GET / HTTP/1.1\r\nX-A: ")
        for _ in range(400):
            try:
                slow.sendall(b"b")
                assert slow.recv(100) == b""
                return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        raise AssertionError("it was waited for")


def test_an_answer_that_takes_longer_is_waited_for(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HEAD_PATIENCE_S", 0.3)
    console = web.app(runtime)
    with Server(console) as server, httpx2.Client(follow_redirects=True, timeout=20) as client:
        client.get(server.url)
        with client.stream("GET", f"{server.address}c/personal/events") as answer:
            lines = answer.iter_lines()
            assert next(lines).startswith("event: state")
            next(lines), next(lines)
            threading.Event().wait(1.0)  # longer than a head may take: that is over, and the answer goes on
            runtime.contexts.create("later")
            assert next(lines).startswith("event: state")


def test_a_head_that_is_too_large_is_refused(runtime: Runtime) -> None:
    with Server(web.app(runtime)) as server, socket.create_connection(address(server)) as large:
        large.settimeout(20)
        large.sendall(b"GET / HTTP/1.1\r\nX-A: " + b"b" * 200_000)
        assert large.recv(100).startswith(b"HTTP/1.1 400")
