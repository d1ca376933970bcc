"""Which contexts a console shows, and what it costs the others."""

from __future__ import annotations

from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from tests.web.consoles import HOST, browser


def test_listing_contexts_brings_none_of_them_into_use(notes: Runtime, client: TestClient) -> None:
    notes.contexts.create("initech")
    before = set(notes.services.engine.bindings)
    assert "initech" in client.get("/c/personal/packages").text
    assert "initech" not in set(notes.services.engine.bindings) - before


def test_only_those_are_shown_that_one_may_read(notes: Runtime) -> None:
    notes.members.set("acme", "bob", Role.READER)
    console = web.app(notes, actor=lambda _: "bob", hosts=[HOST])
    page = browser(console).get("/c/acme/packages/notes").text
    assert "globex" not in page
    assert "personal" not in page
    nobody = web.app(notes, actor=lambda _: "eve", hosts=[HOST])
    assert browser(nobody).get("/").status_code == 403
    console.close()
    nobody.close()


def test_many_contexts_are_not_all_listed_on_each_page(runtime: Runtime, client: TestClient) -> None:
    for number in range(101):
        runtime.contexts.create(f"many-{number:03}")
    page = client.get("/c/acme/").text
    assert "and 4 more" in page
    assert page.count('href="/c/many-') < 101
