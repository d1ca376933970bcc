"""Tables: how many rows there are, and the rows, some at a time."""

from __future__ import annotations

from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from tests.web.consoles import HOST, browser, cells


def at(runtime: Runtime, context: str = "acme") -> str:
    return f"/c/{context}/tables/{runtime.context(context).tables['Notes'].data.table_id}"


def test_tables_are_listed_with_their_counts(notes: Runtime, client: TestClient) -> None:
    notes.context("acme").tools["add_note"](title="Call")
    page = client.get("/c/acme/tables").text
    assert f'<a href="{at(notes)}">Notes</a></th><td>notes</td><td>1</td>' in cells(page)


def test_rows_come_in_pages_and_are_escaped(notes: Runtime, client: TestClient) -> None:
    table = notes.context("acme").tables["Notes"]
    for number in range(51):
        table.insert({"note_id": f"{number:02}", "title": f"<b>{number}</b>", "body": "x" * 300})
    first = client.get(at(notes)).text
    assert "&lt;b&gt;0&lt;/b&gt;" in first
    assert "<td>50</td>" not in cells(first)
    assert f"{'x' * 200}…" in first
    following = first.partition(f'href="{at(notes)}?after=')[2].partition('"')[0]
    assert following == "49"
    second = client.get(f"{at(notes)}?after={following}").text
    assert "<td>50</td>" in cells(second)
    assert "Next rows" not in second
    assert "First rows" in second
    assert "There are no more rows." in client.get(f"{at(notes)}?after=zz").text


def test_rows_are_those_of_their_context_and_for_its_members(notes: Runtime) -> None:
    notes.context("acme").tools["add_note"](title="of acme")
    notes.members.set("globex", "bob", Role.OWNER)
    console = web.app(notes, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    bob = browser(console)
    bob.headers["x-user"] = "bob"
    assert bob.get(at(notes)).status_code == 403
    page = bob.get(at(notes, "globex"))
    assert (page.status_code, "of acme" in page.text) == (200, False)
    assert bob.get("/c/globex/tables/none").status_code == 404
    console.close()
