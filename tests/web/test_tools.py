"""Tools: a list, and a form made of what each takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
from starlette.testclient import TestClient

from peers_runtime import Runtime, web
from peers_runtime.web.serving import Server
from tests.web.consoles import ORIGIN, form_token
from tests.web.workflows import slow

ADD = "add_note"


def at(runtime: Runtime, name: str = ADD) -> str:
    return f"/c/acme/tools/{runtime.context('acme').tools[name].data.tool_id}"


def titles(runtime: Runtime) -> list[str]:
    return [row.title for row in runtime.context("acme").tables["Notes"].list()]


def test_a_tool_is_found_and_its_form_asks_for_what_it_takes(notes: Runtime, client: TestClient) -> None:
    assert f'href="{at(notes)}">{ADD}</a>' in client.get("/c/acme/tools").text
    page = client.get(at(notes)).text
    assert 'name="of.title"' in page
    assert f'action="{at(notes)}/run"' in page
    assert titles(notes) == []  # looking runs nothing


def test_it_runs_with_what_was_sent_and_its_answer_is_shown(notes: Runtime, client: TestClient) -> None:
    given = {"form": form_token(client.get(at(notes)).text), "of.title": "<Call>", "of.body": ""}
    page = client.post(f"{at(notes)}/run", data=given, headers=ORIGIN)
    assert page.status_code == 200
    assert "&#34;title&#34;: &#34;&lt;Call&gt;&#34;" in page.text
    assert titles(notes) == ["<Call>"]


def test_it_runs_with_json(notes: Runtime, client: TestClient) -> None:
    page = client.get(f"{at(notes)}?json=").text
    assert 'name="json"' in page
    given = {"form": form_token(page), "json": '{"title": "Call"}'}
    assert client.post(f"{at(notes)}/run", data=given, headers=ORIGIN).status_code == 200
    broken = client.post(f"{at(notes)}/run", data={**given, "json": "{"}, headers=ORIGIN)
    assert (broken.status_code, "P0503" in broken.text) == (400, True)
    assert titles(notes) == ["Call"]


def test_why_it_does_not_run_is_said_and_what_was_written_stays(notes: Runtime, client: TestClient) -> None:
    token = form_token(client.get(at(notes)).text)
    given = {"form": token, "json": '{"titel": "Call"}'}
    page = client.post(f"{at(notes)}/run", data=given, headers=ORIGIN)
    assert (page.status_code, "P0503" in page.text, "titel" in page.text) == (400, True, True)
    assert titles(notes) == []


def test_no_other_site_runs_a_tool(notes: Runtime, client: TestClient) -> None:
    given = {"form": form_token(client.get(at(notes)).text), "of.title": "x"}
    evil = {"origin": "http://evil.example"}
    assert client.post(f"{at(notes)}/run", data=given, headers=evil).status_code == 403
    assert client.post(f"{at(notes)}/run", data={"of.title": "x"}, headers=ORIGIN).status_code == 403
    assert client.get(f"{at(notes)}/run").status_code == 404
    assert client.get("/c/acme/tools/none").status_code == 404
    assert titles(notes) == []


def test_a_tool_that_waits_keeps_nobody_else_waiting(runtime: Runtime, tmp_path: Path) -> None:
    there = tmp_path / "there"
    runtime.install(slow(tmp_path / "slow"), context="acme")
    with Server(web.app(runtime)) as server, httpx2.Client(follow_redirects=True, timeout=30) as page:
        token = form_token(page.get(server.at("acme"), headers={"accept": "text/html"}).text)
        headers = {"origin": server.address.rstrip("/"), "x-form-token": token}
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(
                page.post, f"{server.address}c/acme/tools/look", json={"path": str(there)}, headers=headers
            )
            try:
                assert page.get(f"{server.address}c/acme/packages").status_code == 200
                assert not asked.done()
            finally:
                there.touch()
            assert asked.result(30).json() == {"said": "<seen>"}
