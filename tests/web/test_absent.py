"""What is not in a context: said in the console's frame, with the way on to where it is."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from tests.web.consoles import HOST, SAMPLES, browser


@pytest.fixture
def board(runtime: Runtime) -> str:
    """The address of an app's screen below its context, which is acme."""
    runtime.install(SAMPLES / "board", context="acme")
    (app, *_) = [one for one in runtime.context("acme").apps if one.package == "board"]
    return f"s/{app.path}"


def test_an_app_that_another_context_has_leads_there(client: TestClient, board: str) -> None:
    page = client.get(f"/c/personal/{board}")
    assert page.status_code == 404
    assert "board is not in personal" in page.text
    assert f'<a href="/c/acme/{board}">acme</a>' in page.text
    assert 'aria-label="Console"' in page.text  # the navigation
    assert 'aria-label="Contexts"' in page.text  # the switcher
    assert 'href="/c/personal/"' in page.text.partition("<main")[2]
    shown, _, behind = page.text.partition("<details><summary>Details")
    assert "no route takes" not in shown
    assert "no route takes" in behind


def test_a_disabled_app_leads_to_its_versions(runtime: Runtime, client: TestClient, board: str) -> None:
    runtime.disable("board", context="acme")
    page = client.get(f"/c/acme/{board}").text.partition("<main")[2]
    assert "No version of" in page
    assert 'href="/c/acme/packages/board"' in page


def test_a_path_that_no_route_takes_is_told_in_short(runtime: Runtime, client: TestClient) -> None:
    runtime.install(SAMPLES / "notes-1", context="acme")
    page = client.get("/c/acme/s/nope/x").text
    shown, _, behind = page.partition("<details><summary>Details")
    assert "no route takes" in shown
    assert "nearest were" not in shown
    assert "nearest were" in behind
    assert "<code>peers routes explain nope/x --context acme</code>" in behind


def test_a_screen_that_an_active_package_has_not_is_said_so(runtime: Runtime, client: TestClient) -> None:
    made = runtime.install(SAMPLES / "board", context="acme")
    page = client.get(f"/c/acme/s/package-nav/{made.package_id}/no-such-screen").text
    assert "is active in acme, and has no such screen" in page
    assert "Not Found" in client.get("/c/acme/s/no-such/board").text.partition("<main")[2]


def test_a_missing_package_leads_to_where_it_is(client: TestClient, board: str) -> None:
    page = client.get("/c/globex/packages/board")
    assert page.status_code == 404
    assert '<a href="/c/acme/packages/board">acme</a>' in page.text
    assert 'aria-label="Console"' in page.text


def test_a_page_that_there_is_not_has_the_frame_of_its_context(client: TestClient) -> None:
    page = client.get("/c/acme/what")
    assert page.status_code == 404
    assert "the console has no such page" in page.text
    assert 'aria-label="Console"' in page.text


def test_a_missing_context_leads_to_those_that_may_be_read(client: TestClient) -> None:
    page = client.get("/c/nowhere/")
    assert page.status_code == 404
    assert 'href="/c/acme/"' in page.text
    assert 'href="/c/globex/"' in page.text


def test_nobody_is_told_of_a_context_that_they_may_not_read(runtime: Runtime, board: str) -> None:
    runtime.members.set("globex", "bob", Role.READER)
    console = web.app(runtime, actor=lambda _: "bob", hosts=[HOST])
    bob = browser(console)
    for address in (f"/c/globex/{board}", "/c/globex/packages/board", "/c/nowhere/", "/c/acme/packages"):
        page = bob.get(address).text
        assert "/c/acme/" not in page
        assert "/c/globex/" in page
    console.close()


def test_what_stands_in_a_frame_has_none_of_its_own(client: TestClient, board: str) -> None:
    assert 'aria-label="Console"' not in client.get(f"/c/personal/{board}?bare=1").text
