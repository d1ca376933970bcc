"""A screen in Chromium while what it shows changes: working copies are swapped in, of all else it is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from peers_runtime import Runtime
from peers_runtime.web.serving import Server
from tests.web.browsers import Tab, clock
from tests.web.consoles import SAMPLES, active

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def notice(page: Page):
    return expect(page.locator("#notice"))


def copied(name: str, folder: Path) -> Path:
    """A working copy of a sample."""
    return shutil.copytree(SAMPLES / name, folder / name)


def test_another_version_in_place_of_a_working_copy_is_told_and_not_swapped_in(
    notes: Runtime, tab: Tab
) -> None:
    page = tab.open("s/notes")
    tab.listens()
    notes.install(SAMPLES / "notes-2", context="acme")
    notice(page).to_contain_text("Version 2.0.0 is active here now.")
    expect(page.get_by_role("heading", name="My notes")).to_be_visible()
    expect(page.get_by_role("link", name="notes 1.0.0")).to_be_visible()


def test_the_next_version_of_a_working_copy_is_swapped_in_with_its_number(
    runtime: Runtime, tab: Tab, tmp_path: Path
) -> None:
    project = clock(tmp_path / "clock")
    runtime.install(project, context="acme")
    page = tab.open("s/clock")
    tab.listens()
    page.get_by_role("button", name="Clock of nobody: 0").click()
    definition = project / "pyproject.toml"
    definition.write_text(definition.read_text().replace('version = "1.0.0"', 'version = "1.1.0"'))
    runtime.install(project, context="acme")
    expect(page.get_by_role("link", name="clock 1.1.0")).to_be_visible()
    expect(page.get_by_role("button", name="Clock of nobody: 1")).to_be_visible()
    notice(page).to_be_empty()


def test_a_notice_is_taken_back_when_it_is_no_longer_so(notes: Runtime, tab: Tab) -> None:
    notes.promote("notes", "1.0.0", to="stable", context="acme")
    page = tab.open("s/notes")
    tab.listens()
    notes.install(SAMPLES / "notes-2", context="acme")
    notice(page).to_contain_text("Version 2.0.0 is active here now.")
    notes.follow_group("notes", context="acme")
    assert active(notes, "notes") == "1.0.0"
    notice(page).to_be_empty()
    notes.disable("notes", context="acme")
    notice(page).to_contain_text("This is not active here any more.")


def test_what_others_show_on_a_screen_is_followed(runtime: Runtime, tab: Tab, tmp_path: Path) -> None:
    hints = copied("hints", tmp_path)
    for project in (SAMPLES / "board", SAMPLES / "tasks-2", hints):
        runtime.install(project, context="acme")
    page = tab.open("s/board")
    tab.listens()
    over = page.locator("aside.overlay")
    expect(over).to_have_text("You are in acme.")
    texts = hints / "hints" / "texts.py"
    texts.write_text(texts.read_text().replace("This place", "That place").replace("You are", "We are"))
    runtime.install(hints, context="acme")
    expect(over).to_have_text("We are in acme.")
    expect(page.locator("#screen")).to_contain_text("That place of")
    notice(page).to_be_empty()
    runtime.disable("hints", context="acme")
    notice(page).to_contain_text("What hints shows here has changed.")
    expect(over).to_be_visible()
    page.get_by_role("link", name="Show it").click()
    expect(over).to_have_count(0)
    assert not tab.complaints


def test_a_mistake_in_a_module_leaves_the_one_that_runs_and_its_state(
    runtime: Runtime, tab: Tab, tmp_path: Path
) -> None:
    project = clock(tmp_path / "clock")
    script = project / "clock" / "assets" / "clock.js"
    right = script.read_text()
    runtime.install(project, context="acme")
    page = tab.open("s/clock")
    tab.listens()
    page.get_by_role("button", name="Clock of nobody: 0").click()
    script.write_text("export functio mount() {}")
    runtime.install(project, context="acme")
    expect(page.get_by_role("alert")).to_contain_text("assets/clock.js: Unexpected token")
    page.get_by_role("button", name="Clock of nobody: 1").click()
    script.write_text(right.replace("count += 1", "count += 10"))
    runtime.install(project, context="acme")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Clock of nobody: 2").click()
    expect(page.get_by_role("button", name="Clock of nobody: 12")).to_be_visible()


def test_a_preview_says_that_something_has_changed_since(notes: Runtime, tab: Tab) -> None:
    page = tab.open("packages/notes/disable")
    tab.listens()
    notes.install(SAMPLES / "themes", context="acme")
    notice(page).to_contain_text("Something has changed since this was shown.")
    page.get_by_role("link", name="Look again").click()
    notice(page).to_be_empty()
    expect(page.get_by_role("button", name="Disable")).to_be_visible()


def test_a_page_says_that_its_server_has_gone(notes: Runtime, tab: Tab, server: Server) -> None:
    page = tab.open("packages")
    tab.listens()
    server.stop()
    notice(page).to_contain_text("There is no connection: what stands here may be old.")
    expect(page.get_by_role("heading", name="Packages")).to_be_visible()
