"""What a page's module may do with a contract: all that its `.d.ts` says, as who looks at the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from peers_runtime.web import page_contracts
from tests import typescript as compiler
from tests.web.consoles import HOST, ORIGIN, SAMPLES, browser, form_token

TASKS = "0mx234yf046d1gcfpxxyvh3i6"
AT = f"/c/acme/contract/{TASKS}/2"


@pytest.fixture
def tasks(runtime: Runtime) -> Runtime:
    runtime.install(SAMPLES / "tasks-2", context="acme")
    return runtime


class Page:
    """A page's module in a browser, as far as its requests go."""

    def __init__(self, client: TestClient, **headers: str) -> None:
        self.client = client
        token = form_token(client.get("/c/acme/", headers=headers).text)
        self.headers = {**ORIGIN, "accept": "application/json", "x-form-token": token, **headers}

    def use(self, kind: str, name: str, act: str, *given: Any, at: str = AT) -> Any:
        asked = {"kind": kind, "name": name, "act": act, "given": list(given)}
        return self.client.post(at, json=asked, headers=self.headers)


@pytest.fixture
def page(tasks: Runtime, client: TestClient) -> Page:
    return Page(client)


def test_a_contract_is_opened_with_its_members(page: Page) -> None:
    opened = page.client.get(AT, headers=page.headers).json()
    assert opened == {
        "provider": "tasks@2.0.0",
        "tools": ["add_task", "finish_task"],
        "tables": ["Tasks"],
        "observables": {"open_tasks": 0},
        "events": ["task_done"],
    }


def test_tools_are_called_and_rows_asked_for_and_changed(page: Page) -> None:
    made = page.use("tools", "add_task", "call", {"title": "Measure"}).json()
    key = "!"  # before any that the tool gives
    row = {"task_id": key, "title": "Paint", "done": False, "due": "2030-01-01"}
    assert page.use("tables", "Tasks", "insert", row).json() == row
    assert page.use("tables", "Tasks", "get", key).json() == row
    assert page.use("tables", "Tasks", "get", "3").json() is None
    assert page.use("tables", "Tasks", "count").json() == 2
    first = page.use("tables", "Tasks", "list", {"done": False}, {"limit": 1}).json()
    assert first == [row]
    following = page.use("tables", "Tasks", "list", {}, {"limit": 5, "after": key}).json()
    assert [one["task_id"] for one in following] == [made["task_id"]]
    assert page.use("tables", "Tasks", "update", key, {"done": True}).json()["done"] is True
    assert page.use("tables", "Tasks", "find_one", {"done": True}).json()["title"] == "Paint"
    assert page.use("tables", "Tasks", "save", {**row, "title": "Paint it"}).json()["title"] == "Paint it"
    assert page.use("tables", "Tasks", "delete", key).json() is True
    assert page.use("tables", "Tasks", "delete", key).json() is False


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        (("tools", "add_task", "call", {"titel": "x"}), 400, "P0503"),
        (("tools", "add_tusk", "call", {}), 404, "P0525"),
        (("tools", "add_task", "invoke", {}), 400, "P0503"),
        (("tools", "add_task", "call", {}, {}), 400, "P0503"),
        (("tools", "add_task", "call", ["x"]), 400, "P0503"),
        (("tables", "Tasks", "insert", {"task_id": 1}), 400, "P0507"),
        (("tables", "Tasks", "list", {}, {"first": 1}), 400, "P0503"),
        (("tables", "Tasks", "list", {"limit": 1}), 400, "P0503"),
        (("tables", "Tasks", "list", {}, {"limit": -1}), 400, "P0507"),
        (("tables", "Tasks", "update", "none", {"done": True}), 404, "P0529"),
        (("tables", "Tasks", "__class__", {}), 400, "P0503"),
        (("observables", "open_tasks", "set", 3), 403, "P0517"),
        (("events", "task_done", "emit", {}), 400, "P0503"),
    ],
    ids=lambda one: str(one)[:60],
)
def test_what_the_contract_does_not_say_is_refused(
    page: Page, asked: tuple[Any, ...], status: int, code: str
) -> None:
    answer = page.use(*asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_contract_that_nobody_provides_is_refused(page: Page) -> None:
    for at in (f"/c/globex/contract/{TASKS}/2", f"/c/acme/contract/{TASKS}/3", "/c/acme/contract/nope/1"):
        answer = page.client.get(at, headers=page.headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "P0521"), at


def test_more_rows_than_are_answered_at_once_are_asked_for_in_pages(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_contracts, "MOST_ROWS", 2)
    for number in range(3):
        page.use("tables", "Tasks", "insert", {"task_id": str(number), "title": "x"})
    assert page.use("tables", "Tasks", "list").json()["error"]["code"] == "P0526"
    assert len(page.use("tables", "Tasks", "list", {}, {"limit": 2}).json()) == 2


def test_a_page_does_what_the_role_of_who_looks_at_it_allows(tasks: Runtime) -> None:
    tasks.members.set("acme", "bob", Role.READER)
    console = web.app(tasks, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    bob = Page(browser(console), **{"x-user": "bob"})
    assert bob.use("tables", "Tasks", "count").json() == 0
    refused = bob.use("tables", "Tasks", "insert", {"task_id": "1", "title": "x"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "P0406")
    stranger = bob.client.get(AT, headers={**bob.headers, "x-user": "eve"})
    assert stranger.status_code == 403
    console.close()


def test_no_other_site_uses_a_contract(page: Page) -> None:
    asked = {"kind": "tables", "name": "Tasks", "act": "insert", "given": [{"task_id": "1", "title": "x"}]}
    assert page.client.post(AT, json=asked, headers=ORIGIN).status_code == 403  # no page of the session
    elsewhere = {**page.headers, "origin": "http://evil.example"}
    assert page.client.post(AT, json=asked, headers=elsewhere).status_code == 403
    assert page.use("tables", "Tasks", "count").json() == 0


def test_the_page_of_the_sample_is_typed_by_what_is_generated(tasks: Runtime, tmp_path: Path) -> None:
    types = SAMPLES / "board" / "types"
    assert tasks.contracts.types("Tasks@2", ts=types, check=True, context="acme").files[0].was == "current"
    script = SAMPLES / "board" / "board" / "assets" / "tasks.js"
    found, told = compiler.checked([script], tmp_path, "--allowJs", "--checkJs")
    assert not found, told
    wrong = tmp_path / "board" / "assets" / "wrong.js"
    wrong.parent.mkdir(parents=True)
    text = script.read_text().replace("tasks.tools.add_task", "tasks.tools.ad_task")
    wrong.write_text(text.replace("../../types/", f"{types}/"))
    found, told = compiler.checked([wrong], tmp_path, "--allowJs", "--checkJs")
    assert found == {("wrong.js", text[: text.index("ad_task")].count("\n") + 1)}, told
