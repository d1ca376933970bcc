"""The console's pages and its acts, without JavaScript."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from peers_runtime.web import acts
from tests.web.consoles import HOST, ORIGIN, SAMPLES, active, browser, cells, confirm, fields, shown

NOTES = "/c/acme/packages/notes"


def row(runtime: Runtime, version: str, context: str = "acme") -> str:
    (found,) = [one for one in runtime.versions("notes", context) if one.version == version]
    return found.package_version_id


def raised(folder: Path, version: str) -> Path:
    """notes 2.0.0 under another number."""
    code = folder / version
    shutil.copytree(SAMPLES / "notes-2", code)
    project = code / "pyproject.toml"
    project.write_text(project.read_text().replace('"2.0.0"', f'"{version}"'))
    return code


def imported(runtime: Runtime) -> list[tuple[str, ...]]:
    """The modules of the active packages that are imported by now."""
    return [
        one.imported for name in ("acme", "globex") for one in runtime.context(name).binding.versions.values()
    ]


@pytest.fixture
def released(runtime: Runtime) -> Runtime:
    """In acme: notes 1.0.0, stable and before that active, and 2.0.0, which is."""
    runtime.install(SAMPLES / "notes-1", context="acme")
    runtime.promote("notes", "1.0.0", "stable", context="acme")
    runtime.install(SAMPLES / "notes-2", context="acme")
    return runtime


def test_the_launcher_has_the_apps_of_its_context_and_loads_no_package(
    notes: Runtime, client: TestClient
) -> None:
    notes.install(SAMPLES / "themes", context="acme")
    before = imported(notes)
    page = client.get("/c/acme/").text
    assert "bi bi-journal" in page
    assert "Search notes" not in page
    assert f'href="{NOTES}"' in page
    assert "themes" in page  # which has no app
    assert "Search notes" in client.get("/c/globex/").text
    assert imported(notes) == before


def test_a_context_that_has_nothing_says_how_it_gets_something(client: TestClient) -> None:
    assert "peers install FOLDER --context acme" in client.get("/c/acme/").text


def test_the_switcher_leads_to_the_same_page_of_another_context(notes: Runtime, client: TestClient) -> None:
    assert 'href="/c/globex/s/notes"' in client.get("/c/acme/s/notes").text
    assert 'href="/c/globex/packages"' in client.get(NOTES).text
    assert "Notes, the important ones first" in client.get("/c/globex/s/notes").text
    assert "My notes" in client.get("/c/acme/s/notes").text


def test_packages_say_which_version_is_active_and_why(released: Runtime, client: TestClient) -> None:
    page = client.get("/c/acme/packages").text
    assert "2.0.0" in page
    assert released.resolve("notes", "acme").reason in page


def test_versions_have_tag_digest_place_and_history(released: Runtime, client: TestClient) -> None:
    page = client.get(NOTES).text
    for version in released.versions("notes", "acme"):
        assert version.snapshot_digest[:12] in page
        assert f">{version.version}<" in page
    assert "promoted:stable" in page
    assert "Active in acme" in page


def test_a_name_that_there_is_not_is_not_found(client: TestClient) -> None:
    assert client.get("/c/acme/packages/nope").status_code == 404
    assert client.get("/c/nowhere/packages").status_code == 404
    assert client.get("/c/acme/packages/nope/pin").status_code == 404
    assert client.get("/c/acme/what").status_code == 404


# ── acts ─────────────────────────────────────────────────────────────────────────────────────────────


def test_every_act_shows_what_it_changes_before_it_does(released: Runtime, client: TestClient) -> None:
    page = client.get(f"{NOTES}/promote?version={row(released, '2.0.0')}&to=beta").text
    assert "tag of 2.0.0" in page
    assert "<td>dev</td><td><strong>beta</strong></td>" in cells(page)
    assert [one.version_tag for one in released.versions("notes", "acme")] == ["stable", "dev"]


def test_promote(released: Runtime, client: TestClient) -> None:
    done = confirm(client, f"{NOTES}/promote?version={row(released, '2.0.0')}&to=beta")
    assert done.status_code == 200
    assert "Promote: done." in done.text
    assert "beta" in [one.version_tag for one in released.versions("notes", "acme")]


def test_a_promotion_is_of_the_snapshot_that_was_seen(
    released: Runtime, client: TestClient, tmp_path: Path
) -> None:
    address = client.get(NOTES).text.partition(f'href="{NOTES}/promote')[2].partition('"')[0]
    form = fields(client.get(f"{NOTES}/promote{address.replace('&amp;', '&')}").text)
    code = tmp_path / "notes-2"
    shutil.copytree(SAMPLES / "notes-2", code)
    (code / "src" / "notes" / "new.py").write_text("new = True\n")
    released.install(code, context="acme")  # somebody saves meanwhile
    moved = client.post(f"{NOTES}/promote", data=form, headers=ORIGIN)
    assert moved.status_code == 409
    assert "P0417" in moved.text
    assert "beta" not in [one.version_tag for one in released.versions("notes", "acme")]


def test_activate_and_roll_back(released: Runtime, client: TestClient) -> None:
    address = f"{NOTES}/activate?version={row(released, '1.0.0')}"
    nothing = client.get(address).text  # this device has chosen for itself
    assert "Nothing: all is so already." in nothing
    assert 'method="post"' not in nothing
    assert "On this device alone instead" in nothing
    confirm(client, f"{address}&here=1")
    assert active(released, "notes") == "1.0.0"
    confirm(client, f"{NOTES}/activate?version={row(released, '2.0.0')}")
    assert active(released, "notes") == "2.0.0"
    assert "P0415" in client.get(f"{NOTES}/rollback").text  # there is nothing released to return from
    confirm(client, f"{NOTES}/promote?version={row(released, '2.0.0')}&to=stable")
    confirm(client, f"{NOTES}/rollback")
    assert active(released, "notes") == "1.0.0"


def test_a_rollback_is_offered_where_it_can_be_done_and_to_each_older_version(
    released: Runtime, client: TestClient, tmp_path: Path
) -> None:
    assert f"{NOTES}/rollback" not in client.get(NOTES).text  # 1.0.0 is what the context is set to
    released.promote("notes", "2.0.0", "stable", "acme")
    released.yank("notes", "1.0.0", "acme")
    assert f"{NOTES}/rollback" not in client.get(NOTES).text
    for version in ("2.1.0", "2.2.0"):
        released.install(raised(tmp_path, version), context="acme")
        released.promote("notes", version, "stable", "acme")
    page = client.get(NOTES).text
    first, second = (f"{NOTES}/rollback?version={row(released, version)}" for version in ("2.1.0", "2.0.0"))
    assert f'href="{first}"' in page
    assert f'href="{second}"' not in page
    assert "Then no version" not in client.get(first).text
    assert f'href="{second}">2.0.0 (stable)</a>' in client.get(first).text
    confirm(client, second)
    assert active(released, "notes") == "2.0.0"
    assert f"{NOTES}/rollback" not in client.get(NOTES).text
    confirm(client, f"{NOTES}/activate?version={row(released, '2.2.0')}")
    released.disable("notes", "acme")
    assert f"{NOTES}/rollback" not in client.get(NOTES).text


def test_a_rollback_is_not_offered_to_who_may_not(released: Runtime) -> None:
    released.promote("notes", "2.0.0", "stable", "acme")
    released.members.set("acme", "bob", Role.WRITER)
    console = web.app(released, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    seen = browser(console)
    assert f"{NOTES}/rollback" in seen.get(NOTES, headers={"x-user": released.actor}).text
    assert f"{NOTES}/rollback" not in seen.get(NOTES, headers={"x-user": "bob"}).text
    console.close()


def test_a_preview_says_so_when_no_version_is_active_afterwards(runtime: Runtime, client: TestClient) -> None:
    runtime.install(SAMPLES / "notes-1", context="acme")
    build = row(runtime, "1.0.0")
    for act in (
        f"{NOTES}/promote?version={build}&to=beta",  # where only stable is followed
        f"{NOTES}/disable",
        f"{NOTES}/uninstall",
        "/c/acme/several?act=disable&name=notes",
    ):
        assert "Then no version of notes is active in acme." in client.get(act).text
    assert "Then no version" not in client.get(f"{NOTES}/promote?version={build}&to=stable").text


def test_pin_and_unpin(released: Runtime, client: TestClient) -> None:
    assert f'href="{NOTES}/pin"' in client.get(NOTES).text
    confirm(client, f"{NOTES}/pin")
    assert f'href="{NOTES}/unpin"' in client.get(NOTES).text
    assert "pinned" in client.get("/c/acme/packages").text
    confirm(client, f"{NOTES}/unpin")
    assert f'href="{NOTES}/pin"' in client.get(NOTES).text


def test_follow_asks_first(released: Runtime, client: TestClient) -> None:
    assert '<option value="stable" selected>' in client.get(NOTES).text
    assert "Follow…" in client.get(f"{NOTES}/follow").text
    confirm(client, f"{NOTES}/follow?tags=beta&range=minor")
    (package,) = released.packages("acme")
    assert (package.follow_tags, package.follow_range) == ("beta", "minor")


def test_yank_disable_and_uninstall(released: Runtime, client: TestClient) -> None:
    confirm(client, f"{NOTES}/yank?version={row(released, '1.0.0')}")
    assert "yanked" in client.get(NOTES).text
    confirm(client, f"{NOTES}/disable")
    assert active(released, "notes") is None
    done = confirm(client, f"{NOTES}/uninstall")
    assert done.url.path == "/c/acme/packages"
    assert released.packages("acme") == []


def test_an_act_that_is_refused_says_why_and_changes_nothing(released: Runtime, client: TestClient) -> None:
    page = client.get(f"{NOTES}/promote?version={row(released, '1.0.0')}&to=beta")
    assert page.status_code == 403
    assert "P0416" in page.text
    assert 'method="post"' not in page.text


def test_every_act_is_three_clicks_from_the_launcher(released: Runtime, client: TestClient) -> None:
    assert f'href="{NOTES}"' in client.get("/c/acme/").text  # the first; the third confirms
    offered = client.get(NOTES).text  # of 2.0.0 as a build
    released.promote("notes", "2.0.0", "stable", "acme")
    offered += client.get(NOTES).text
    for act in ("promote", "activate", "rollback", "pin", "disable", "uninstall", "yank"):
        assert f'href="{NOTES}/{act}' in offered, act
    assert f'<form method="get" action="{NOTES}/follow"' in offered  # whose button is the second


def test_what_a_role_may_not_is_not_offered_and_not_done(released: Runtime) -> None:
    released.members.set("acme", "bob", Role.READER)
    console = web.app(released, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    bob = browser(console)
    bob.headers["x-user"] = "bob"
    page = bob.get(NOTES)
    assert page.status_code == 200
    assert "Promote to" not in page.text
    assert f"{NOTES}/uninstall" not in page.text
    assert f"{NOTES}/pin" not in page.text  # the device is the host's
    token = page.text.partition('data-form-token="')[2].partition('"')[0]
    for act in ("disable", "uninstall", "yank", "promote"):
        given = {"form": token, "version": row(released, "2.0.0"), "to": "beta"}
        assert bob.post(f"{NOTES}/{act}", data=given, headers=ORIGIN).status_code == 403, act
    ada = browser(console, cookies=bob.cookies)
    ada.headers["x-user"] = "ada"
    stolen = {"form": token, "version": row(released, "2.0.0")}
    assert ada.post(f"{NOTES}/disable", data=stolen, headers=ORIGIN).status_code == 403  # it is bob's
    assert active(released, "notes") == "2.0.0"
    console.close()


def test_every_deed_says_what_it_does() -> None:
    assert all(deed.title and deed.does.endswith(".") for deed in acts.DEEDS.values())


# ── contracts, diagnostics, graph ────────────────────────────────────────────────────────────────────


@pytest.fixture
def trade(runtime: Runtime) -> Runtime:
    for name in ("tasks-1", "projects", "fancy_tasks"):
        runtime.install(SAMPLES / name, context="acme")
    return runtime


def test_a_provider_is_swapped_under_its_consumer(trade: Runtime, client: TestClient) -> None:
    page = client.get("/c/acme/contracts").text
    assert "projects@1.0.0 gets it from <strong>tasks@1.0.0</strong>" in page
    address = next(
        part.partition('"')[0].replace("&amp;", "&")
        for part in page.split('href="')
        if part.startswith("/c/acme/contracts/provide?") and "Use fancy_tasks" in part.partition("</a>")[0]
    )
    assert "tasks@1.0.0</td><td><strong>fancy_tasks@1.0.0" in cells(client.get(address).text)
    done = confirm(client, address)
    assert "projects@1.0.0 gets it from <strong>fancy_tasks@1.0.0</strong>" in done.text
    assert "chosen" in done.text


def test_the_graph_is_drawn_and_said(trade: Runtime, client: TestClient) -> None:
    page = client.get("/c/acme/graph").text
    assert '<svg class="graph"' in page
    assert '<path class="arrow contract"' in page
    assert "Tasks 1" in page


def test_previews_say_names_and_have_the_ids_behind(trade: Runtime, client: TestClient) -> None:
    (given,) = {one.contract_id for one in trade.contracts.list("acme") if one.name == "Tasks"}
    (fancy,) = {one.package_id for one in trade.packages("acme") if one.name == "fancy_tasks"}
    page = client.get(f"/c/acme/contracts/provide?contract={given}@1&package={fancy}").text
    assert "<title>Choose a provider of Tasks 1 " in page
    assert f'<span title="chosen provider of {given}@1">chosen provider of Tasks 1</span>' in page
    assert f'<strong><span title="{fancy}">fancy_tasks</span></strong>' in page
    assert "the context acme" in page
    pinned = client.get("/c/acme/packages/tasks/pin").text
    assert f'<span title="device {trade.services.device}">this device</span>' in pinned


def test_the_provider_that_consumers_have_is_in_use(trade: Runtime, client: TestClient) -> None:
    page = client.get("/c/acme/contracts").text
    assert re.search(r"tasks@1.0.0 <span[^>]*>in use</span>", page)
    assert "Use tasks@1.0.0" not in page
    assert "Use fancy_tasks@1.0.0" in page


def test_what_went_wrong_leads_to_its_package(runtime: Runtime, client: TestClient, tmp_path: Path) -> None:
    code = "def render(props, ctx): raise OSError('no ink')"
    runtime.install(shown(tmp_path, "ink", code), context="acme")
    client.get("/c/acme/s/ink")
    assert '<a href="/c/acme/packages/ink">ink@1.0.0</a>' in client.get("/c/acme/diagnostics").text


def test_following_the_group_is_said_in_a_sentence(released: Runtime, client: TestClient) -> None:
    assert 'Follow the group<span class="visually-hidden"> with notes</span>' in client.get(NOTES).text
    assert "<h1>Follow the group with notes</h1>" in client.get(f"{NOTES}/follow-group").text


def test_diagnostics_are_those_of_the_context(runtime: Runtime, client: TestClient, tmp_path: Path) -> None:
    assert "Nothing is wrong." in client.get("/c/acme/diagnostics").text
    code = "def render(props, ctx): raise OSError('<no ink>')"
    runtime.install(shown(tmp_path, "ink", code), context="acme")
    client.get("/c/acme/s/ink")
    page = client.get("/c/acme/diagnostics").text
    assert "&lt;no ink&gt;" in page
    assert "P0206" in page
    assert "ui.py:1\n\n1 | def render(props, ctx): raise OSError(" in page


def test_what_belongs_to_no_context_is_for_whoever_runs_the_host(runtime: Runtime, tmp_path: Path) -> None:
    runtime.members.set("globex", "bob", Role.OWNER)
    code = "def render(props, ctx): raise OSError('secret of acme')"
    runtime.install(shown(tmp_path, "ink", code), context="acme")
    console = web.app(runtime, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    seen = browser(console)
    seen.get("/c/acme/s/ink", headers={"x-user": "ada"})
    assert "secret" in seen.get("/c/acme/diagnostics", headers={"x-user": "ada"}).text
    assert "secret" not in seen.get("/c/globex/diagnostics", headers={"x-user": "bob"}).text
    console.close()
