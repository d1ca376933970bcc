"""Workflows and their runs: beginning one, its steps, cancelling and resuming."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from tests.web import workflows
from tests.web.consoles import HOST, ORIGIN, browser, cells, confirm, form_token
from tests.world import an_id

AT = "/c/acme/runs"
WAIT = f"/c/acme/workflows/{an_id('slow', 'wait')}"


@pytest.fixture
def slow(runtime: Runtime, tmp_path: Path) -> Runtime:
    runtime.install(workflows.slow(tmp_path / "slow"), context="acme")
    return runtime


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "there"
    yield path
    path.touch()  # so that nothing waits for it any more


def begin(client: TestClient, path: str = ""):
    given = {"form": form_token(client.get(WAIT).text), "of.path": path}
    return client.post(f"{WAIT}/run", data=given, headers=ORIGIN)


def test_a_workflow_is_run_from_its_form_and_its_run_has_a_page(slow: Runtime, client: TestClient) -> None:
    assert f'href="{WAIT}"' in client.get(AT).text
    page = begin(client)
    (run,) = slow.context("acme").workflows.runs()
    assert page.url.path == f"{AT}/{run.run_id}"
    assert run.result(20) == "<seen>"
    page = client.get(f"{AT}/{run.run_id}").text
    assert "look" in page
    assert "&lt;seen&gt;" in page
    assert "<seen>" not in page
    assert f'href="{AT}/{run.run_id}"' in client.get(AT).text


def test_a_run_is_cancelled_once_that_is_confirmed(slow: Runtime, client: TestClient, file: Path) -> None:
    begin(client, str(file))
    (run,) = slow.context("acme").workflows.runs()
    preview = f"{AT}/{run.run_id}/cancel"
    assert "<td>running</td><td><strong>cancelled</strong></td>" in cells(client.get(preview).text)
    assert run.status == "running"
    done = confirm(client, preview)
    assert (done.url.path, "Cancel: done." in done.text) == (AT, True)
    assert run.status == "cancelled"
    again = client.get(preview)
    assert (again.status_code, "P0557" in again.text) == (400, True)


def test_what_can_be_resumed_is_said_first(slow: Runtime, client: TestClient, file: Path) -> None:
    assert "Nothing: all is so already." in client.get(f"{AT}/resume").text
    begin(client, str(file))
    (run,) = slow.context("acme").workflows.runs()
    assert f"run {run.run_id} of slow:wait" in client.get(f"{AT}/resume").text
    assert "Resume: done." in confirm(client, f"{AT}/resume").text  # somebody works at it: left to them
    file.touch()
    assert run.result(20) == "<seen>"


def test_a_reader_looks_and_does_nothing(slow: Runtime, file: Path) -> None:
    slow.members.set("acme", "bob", Role.READER)
    run = slow.context("acme").workflows["wait"].start(path=str(file))
    console = web.app(slow, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    bob = browser(console)
    bob.headers["x-user"] = "bob"
    page = bob.get(f"{AT}/{run.run_id}").text
    assert "Cancel…" not in page
    given = {"form": form_token(page)}
    assert bob.post(f"{AT}/{run.run_id}/cancel", data=given, headers=ORIGIN).status_code == 403
    assert bob.post(f"{AT}/resume", data=given, headers=ORIGIN).status_code == 403
    assert bob.post(f"{WAIT}/run", data=given, headers=ORIGIN).status_code == 403
    assert run.status == "running"
    assert len(slow.context("acme").workflows.runs()) == 1
    console.close()


def test_no_other_site_begins_a_run(slow: Runtime, client: TestClient) -> None:
    given = {"form": form_token(client.get(WAIT).text), "of.path": ""}
    evil = {"origin": "http://evil.example"}
    assert client.post(f"{WAIT}/run", data=given, headers=evil).status_code == 403
    assert client.post(f"{WAIT}/run", data={}, headers=ORIGIN).status_code == 403
    assert slow.context("acme").workflows.runs() == []
    assert client.get(f"{AT}/{an_id('none')}").status_code == 404
