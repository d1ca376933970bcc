"""Others than whoever runs the host: what its device uses, everybody gets whom it serves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from peers_runtime import Role, RoleTooLow, Runtime, ToolFailed, web
from tests.web.consoles import HOST, ORIGIN, SAMPLES, active, browser, fields, form_token
from tests.world import an_id, project, screen

AT = "/c/acme/packages/notes"
OF_THE_DEVICE = (
    "activate?version=2.0.0&here=1",
    "pin",
    "follow?tags=beta&here=1",
    "follow-group",
    "rollback",
)
SETTING = an_id("mail", "key")


@pytest.fixture
def released(runtime: Runtime) -> Runtime:
    for sample, version in (("notes-1", "1.0.0"), ("notes-2", "2.0.0")):
        runtime.install(SAMPLES / sample, context="acme")
        runtime.promote("notes", version, to="stable", context="acme")
    runtime.rollback("notes", context="acme")
    return runtime


@pytest.fixture
def guest(released: Runtime) -> Iterator[TestClient]:
    console = web.app(released, actor=lambda connection: "bob", hosts=[HOST])
    yield browser(console)
    console.close()


@pytest.mark.parametrize("role", [Role.READER, Role.WRITER])
def test_they_do_not_choose_what_the_host_runs(released: Runtime, guest: TestClient, role: Role) -> None:
    released.members.set("acme", "bob", role)
    page = guest.get(AT).text
    token = form_token(page)
    for act in OF_THE_DEVICE:
        address, _, query = act.partition("?")
        assert f"{AT}/{address}" not in page
        given = {"form": token, **dict(one.split("=") for one in query.split("&") if one)}
        asked, done = guest.get(f"{AT}/{act}"), guest.post(f"{AT}/{address}", data=given, headers=ORIGIN)
        for answer in (asked, done):
            assert (answer.status_code, "to activate a version for the whole context" in answer.text) == (
                403,
                True,
            ), act
    several = {"form": token, "act": "activate", "names": "notes", "of.notes": "2.0.0"}
    assert guest.post("/c/acme/several", data=several, headers=ORIGIN).status_code == 403
    assert active(released, "notes") == "1.0.0"


def test_an_admin_decides_for_all_and_so_may_here(released: Runtime, guest: TestClient) -> None:
    released.members.set("acme", "bob", Role.ADMIN)
    page = guest.get(f"{AT}/activate?version=2.0.0&here=1")
    guest.post(f"{AT}/activate", data=fields(page.text), headers=ORIGIN)
    assert active(released, "notes") == "2.0.0"


def test_nor_do_they_by_a_tool(released: Runtime) -> None:
    released.members.set("acme", "bob", Role.READER)
    given = {"package": "notes", "version": "2.0.0", "device": True}
    for actor in ("bob", None):
        tool = released.context("acme", actor).tools["set-active-package-version"]
        if actor is None:
            tool(**given)
        else:
            with pytest.raises((RoleTooLow, ToolFailed)):
                tool(**given)
        assert active(released, "notes") == ("2.0.0" if actor is None else "1.0.0")


def test_settings_of_the_hosts_device_are_shown_and_not_set(
    released: Runtime, guest: TestClient, tmp_path: Path
) -> None:
    code = (
        f"from peers_runtime import Variable\nkey = Variable(variable_id={SETTING!r}, name='key', type=str,"
        " scope='device', default='as it was')"
    )
    released.install(
        project(
            tmp_path,
            "mail",
            files={**screen("mail", "mail", "x"), "settings.py": code},
            definition="from mail import settings\npkg.variables = [settings.key]",
        ),
        context="acme",
    )
    released.members.set("acme", "bob", Role.OWNER)
    page = guest.get("/c/acme/variables").text
    assert ("as it was" in page, SETTING in page) == (True, False)
    given = {"form": form_token(page), "value": "another"}
    for address in ("", "/preview", "/reset"):
        answer = guest.post(f"/c/acme/variables/{SETTING}{address}", data=given, headers=ORIGIN)
        assert (answer.status_code, "for whoever runs it" in answer.text) == (403, True)
    assert released.context("acme").variables["key"]() == "as it was"
