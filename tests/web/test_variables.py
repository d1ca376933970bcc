"""Variables: their values and whose they are; a secret is set, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from tests.web.consoles import HOST, ORIGIN, SAMPLES, browser, cells, confirm, fields, form_token
from tests.world import an_id, project, screen

AT = "/c/acme/variables"
DECIMALS = f"{AT}/0mx23nmed84zcre4t8ekw96m1"
KEY, GREETING = an_id("mail", "key"), an_id("mail", "greeting")
SETTINGS = f"""
from peers_runtime import Variable

key = Variable(variable_id={KEY!r}, name="api_key", type=str, secret=True)
greeting = Variable(variable_id={GREETING!r}, name="greeting", type=str, scope="group", default="Hi")
"""


@pytest.fixture
def settings(runtime: Runtime, tmp_path: Path) -> Runtime:
    runtime.install(SAMPLES / "timer", context="acme")
    definition = "from mail import settings\npkg.variables = [settings.key, settings.greeting]"
    runtime.install(
        project(
            tmp_path,
            "mail",
            files={**screen("mail", "mail", "x"), "settings.py": SETTINGS},
            definition=definition,
        ),
        context="acme",
    )
    return runtime


def preview(client: TestClient, at: str, value: str):
    given = {"form": form_token(client.get(AT).text), "value": value}
    return client.post(f"{at}/preview", data=given, headers=ORIGIN)


def test_a_value_is_previewed_and_then_set(settings: Runtime, client: TestClient) -> None:
    decimals = settings.context("acme").variables["decimals"]
    page = preview(client, DECIMALS, "0").text
    assert "<td>1</td><td><strong>0</strong></td>" in cells(page)
    assert decimals() == 1
    done = client.post(DECIMALS, data=fields(page), headers=ORIGIN)
    assert "Set: done." in done.text
    assert decimals() == 0
    assert "set by ada" in done.text
    confirm(client, f"{DECIMALS}/reset")
    assert decimals() == 1
    assert "Nothing: all is so already." in client.get(f"{DECIMALS}/reset").text


def test_what_does_not_fit_is_said_and_not_set(settings: Runtime, client: TestClient) -> None:
    page = preview(client, DECIMALS, "7")
    assert (page.status_code, "P0541" in page.text, 'method="post"' in page.text) == (400, True, False)
    assert settings.context("acme").variables["decimals"]() == 1


def test_a_secret_is_set_and_shown_nowhere(settings: Runtime, client: TestClient) -> None:
    done = preview(client, f"{AT}/{KEY}", "hush-hush")
    assert "Set: done." in done.text
    assert settings.context("acme").variables["api_key"].reveal() == "hush-hush"
    for page in (done.text, client.get(AT).text, client.get(f"{AT}/{KEY}/reset").text):
        assert "hush" not in page
        assert "********" in page


def test_what_a_role_may_not_set_is_not_offered_and_not_set(settings: Runtime) -> None:
    settings.members.set("acme", "bob", Role.READER)
    console = web.app(settings, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    bob = browser(console)
    bob.headers["x-user"] = "bob"
    page = bob.get(AT).text
    greeting = f"{AT}/{GREETING}"
    assert f'action="{greeting}/preview"' not in page  # of the whole context
    assert f'action="{DECIMALS}/preview"' in page  # his own
    given = {"form": form_token(page), "value": "Bye"}
    assert bob.post(greeting, data=given, headers=ORIGIN).status_code == 403
    assert bob.post(f"{greeting}/preview", data=given, headers=ORIGIN).status_code == 403
    assert settings.context("acme").variables["greeting"]() == "Hi"
    assert bob.post(DECIMALS, data=given, headers={"origin": "http://evil.example"}).status_code == 403
    assert bob.post(DECIMALS, data={"value": "0"}, headers=ORIGIN).status_code == 403
    console.close()


def test_a_variable_that_there_is_not_is_not_found(settings: Runtime, client: TestClient) -> None:
    assert client.get(f"{AT}/{an_id('nobody')}/reset").status_code == 404
