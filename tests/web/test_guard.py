"""What is refused before it is looked at, and what every answer says to browsers."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import pytest
from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from peers_runtime.web import bodies
from peers_runtime.web.console import Console
from peers_runtime.web.serving import Server
from tests.web.consoles import HOST, ORIGIN, active, browser, entered, fields

PROMOTE = "/c/acme/packages/notes/promote"


def test_without_the_token_nobody_gets_in(notes: Runtime, console: Console) -> None:
    stranger = browser(console)
    for address in ("/", "/c/acme/", "/c/acme/packages/notes", "/c/acme/events", "/?token=", "/?token=wrong"):
        refused = stranger.get(address)
        assert refused.status_code == 401, address
        assert "notes" not in refused.text
    assert stranger.post(PROMOTE, headers=ORIGIN).status_code == 401


def test_what_a_refusal_is_shown_with_needs_no_token(console: Console) -> None:
    stranger = browser(console)
    page = stranger.get("/").text
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert stranger.get(style).status_code == 200


def test_the_token_opens_once_and_is_then_out_of_the_address(console: Console) -> None:
    client = browser(console, follow_redirects=False)
    first = client.get(f"/c/personal/packages?token={console.token}&page=2")
    assert (first.status_code, first.headers["location"]) == (303, "./packages?page=2")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get("/c/personal/packages").status_code == 200
    again = client.get(f"/c/personal/packages?token={console.token}")
    assert again.headers["location"] == "./packages"


def test_no_address_with_a_token_leads_elsewhere(console: Console) -> None:
    client = browser(console, follow_redirects=False)
    for address in ("//evil.example/x", "/%2F/evil.example", "/\\evil.example/", "/https:/evil.example"):
        moved = client.get(f"http://{HOST}{address}?token={console.token}")
        assert moved.headers["location"].startswith("./"), address


def test_a_session_of_one_console_opens_no_other(runtime: Runtime, console: Console) -> None:
    client = entered(console)
    other = web.app(runtime, hosts=[HOST])
    stranger = browser(other)
    stranger.cookies = client.cookies
    assert stranger.get("/").status_code == 401
    name, value = next(iter(client.cookies.items()))
    forged = browser(console, cookies={name: value[:-1] + ("0" if value[-1] != "0" else "1")})
    assert forged.get("/c/personal/").status_code == 401
    other.close()


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "127.0.0.1.nip.io", "[::2]"])
def test_a_host_that_is_not_ours_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/c/personal/", headers={"host": host}).status_code == 421


def test_a_host_may_name_a_port(client: TestClient) -> None:
    assert client.get("/c/personal/", headers={"host": f"{HOST.upper()}:8765"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": f"http://{HOST}:81"},
        {"origin": f"http://{HOST}.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_what_another_site_sends_changes_nothing(
    notes: Runtime, client: TestClient, headers: Mapping[str, str]
) -> None:
    version = notes.versions("notes", "acme")[0].package_version_id
    form = fields(client.get(f"{PROMOTE}?version={version}&to=beta").text)
    assert client.post(PROMOTE, data=form, headers=headers).status_code == 403
    assert notes.versions("notes", "acme")[0].version_tag == "dev"
    assert client.post(PROMOTE, data=form, headers=ORIGIN).status_code == 200
    assert notes.versions("notes", "acme")[-1].version_tag == "beta"


@pytest.mark.parametrize("given", ["", "0" * 64])
def test_a_form_of_no_page_of_this_session_changes_nothing(
    notes: Runtime, client: TestClient, console: Console, given: str
) -> None:
    address = "/c/acme/packages/notes/disable"
    assert client.post(address, data={"form": given}, headers=ORIGIN).status_code == 403
    other = fields(entered(console).get(address).text)  # another session of the same console
    assert client.post(address, data=other, headers=ORIGIN).status_code == 403
    assert active(notes, "notes") == "1.0.0"


def test_looking_never_acts(notes: Runtime, client: TestClient) -> None:
    for act in ("disable", "uninstall", "pin", "rollback", "follow?tags=beta"):
        client.get(f"/c/acme/packages/notes/{act}")
    assert active(notes, "notes") == "1.0.0"
    assert client.request("HEAD", "/c/acme/packages/notes/disable").status_code == 200
    assert client.put("/c/acme/packages/notes/disable", headers=ORIGIN).status_code == 404


@pytest.mark.parametrize("destination", ["image", "script", "iframe", "empty"])
def test_other_sites_can_embed_nothing(client: TestClient, destination: str) -> None:
    asked = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": destination}
    assert client.get("/c/personal/", headers=asked).status_code == 403
    led = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/c/personal/", headers=led).status_code == 200


@pytest.mark.parametrize("address", ["/c/acme/", "/c/nowhere/", "/nothing", "/c/acme/s/notes"])
def test_every_answer_is_strict_with_browsers(notes: Runtime, client: TestClient, address: str) -> None:
    answer = client.get(address)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy  # no other host is named
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert " onclick=" not in answer.text


def test_a_body_that_is_too_large_is_refused(notes: Runtime, client: TestClient) -> None:
    large = {"form": "x" * (bodies.LARGEST + 1)}
    assert client.post("/c/acme/packages/notes/disable", data=large, headers=ORIGIN).status_code == 413

    def pieces():
        for _ in range(20):
            yield b"x" * 100_000

    headers = {**ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    untold = client.post("/c/acme/packages/notes/disable", content=pieces(), headers=headers)
    assert untold.status_code == 413
    assert active(notes, "notes") == "1.0.0"


def test_a_body_that_does_not_come_is_given_up(notes: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies.bounded, "__defaults__", (bodies.LARGEST, 0.3))
    with Server(web.app(notes)) as server:
        import httpx2

        with httpx2.Client(follow_redirects=True) as visitor:
            page = visitor.get(server.url)
            cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        assert page.status_code == 200
        host, port = server.address.removeprefix("http://").rstrip("/").split(":")
        with socket.create_connection((host, int(port))) as slow:
            slow.sendall(
                (
                    f"POST /c/acme/packages/notes/disable HTTP/1.1\r\nHost: {host}:{port}\r\n"
                    f"Origin: http://{host}:{port}\r\nCookie: {cookie}\r\nContent-Length: 100\r\n"
                    "Content-Type: application/x-www-form-urlencoded\r\n\r\nform="
                ).encode()
            )
            slow.settimeout(20)
            assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_a_host_application_says_who_asks(notes: Runtime) -> None:
    notes.members.set("acme", "bob", Role.READER)
    console = web.app(notes, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    assert console.token is None
    client = browser(console)
    assert client.get("/c/acme/").status_code == 401
    bob = {"x-user": "bob"}
    assert client.get("/", headers=bob).url.path == "/c/acme/"
    assert client.get("/c/globex/", headers=bob).status_code == 403
    assert client.get("/c/personal/", headers=bob).status_code == 403
    console.close()
