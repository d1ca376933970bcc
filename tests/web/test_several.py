"""Acts on several packages: shown together, done together or not at all."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from peers_runtime.web import several
from tests.web.consoles import HOST, ORIGIN, SAMPLES, active, browser, cells, confirm, fields, form_token

AT = "/c/acme/several"
BOTH = "name=tasks&name=projects"


@pytest.fixture
def trade(runtime: Runtime) -> Runtime:
    for name in ("tasks-1", "projects"):
        runtime.install(SAMPLES / name, context="acme")
    return runtime


def tags(runtime: Runtime) -> list[str]:
    return [runtime.versions(name, "acme")[-1].version_tag for name in ("tasks", "projects")]


def test_packages_that_need_each_other_go_together(trade: Runtime, client: TestClient) -> None:
    alone = client.get(f"{AT}?act=disable&name=tasks")
    assert (alone.status_code, "P0522" in alone.text) == (403, True)
    page = client.get(f"{AT}?act=disable&{BOTH}").text
    assert "<td>tasks</td>" in cells(page)
    assert "<td>projects</td>" in cells(page)
    assert active(trade, "tasks") == "1.0.0"
    done = confirm(client, f"{AT}?act=disable&{BOTH}")
    assert "Disable: done." in done.text
    assert [active(trade, name) for name in ("tasks", "projects")] == [None, None]


def test_the_active_versions_are_promoted_together(trade: Runtime, client: TestClient) -> None:
    confirm(client, f"{AT}?act=promote-beta&{BOTH}")
    assert tags(trade) == ["beta", "beta"]
    confirm(client, f"{AT}?act=promote-stable&{BOTH}")
    assert tags(trade) == ["stable", "stable"]


def test_chosen_versions_are_activated_together(trade: Runtime, client: TestClient) -> None:
    for name in ("tasks", "projects"):
        trade.promote(name, "1.0.0", "stable", context="acme")
    trade.install(SAMPLES / "tasks-2", context="acme")
    assert active(trade, "tasks") == "2.0.0"
    page = client.get("/c/acme/packages").text
    assert 'name="of.tasks"' in page
    old = next(one for one in trade.versions("tasks", "acme") if one.version == "1.0.0")
    trade.disable("projects", context="acme")
    confirm(client, f"{AT}?act=activate&{BOTH}&of.tasks={old.package_version_id}&of.projects=1.0.0")
    assert active(trade, "projects") == "1.0.0"


def test_they_are_rolled_back_and_uninstalled_together(trade: Runtime, client: TestClient) -> None:
    refused = client.get(f"{AT}?act=rollback&{BOTH}")
    assert (refused.status_code, "P0415" in refused.text) == (400, True)
    confirm(client, f"{AT}?act=uninstall&{BOTH}")
    assert trade.packages("acme") == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("act=disable", 400, "P0901"),
        ("act=explode&name=tasks", 403, "P0903"),
        ("act=disable&name=nope", 404, "P0404"),
    ],
)
def test_what_cannot_be_done_is_said(
    trade: Runtime, client: TestClient, query: str, status: int, code: str
) -> None:
    page = client.get(f"{AT}?{query}")
    assert (page.status_code, code in page.text) == (status, True)


def test_what_a_role_may_not_is_not_offered_and_not_done(trade: Runtime, client: TestClient) -> None:
    trade.members.set("acme", "bob", Role.READER)
    console = web.app(trade, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    bob = browser(console)
    bob.headers["x-user"] = "bob"
    page = bob.get("/c/acme/packages").text
    assert 'value="uninstall"' not in page
    given = {"form": form_token(page), "act": "uninstall", "names": "tasks projects"}
    assert bob.post(AT, data=given, headers=ORIGIN).status_code == 403
    confirmed = fields(client.get(f"{AT}?act=uninstall&{BOTH}").text)
    assert client.post(AT, data=confirmed, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post(AT, data={**confirmed, "form": "0" * 64}, headers=ORIGIN).status_code == 403
    assert len(trade.packages("acme")) == 2
    console.close()


def test_every_deed_says_what_it_does() -> None:
    assert all(deed.title and deed.does.endswith(".") for deed in several.DEEDS.values())
