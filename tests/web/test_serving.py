"""The server of the console: it begins at once, and takes everything along when it ends."""

from __future__ import annotations

import socket
import threading

import httpx2
import pytest

from peers_runtime import InvalidSetting, Runtime, web
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
        with pytest.raises(InvalidSetting, match=f"nothing can be served at 127.0.0.1:{port}") as said:
            Server(web.app(runtime), port=port)
    assert "--port" in said.value.hint


def test_a_host_that_is_none_is_said_so(runtime: Runtime) -> None:
    with pytest.raises(InvalidSetting, match="nothing can be served at"):
        Server(web.app(runtime), host="no.such.host.invalid")
