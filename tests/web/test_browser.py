"""The console in Chromium: with and without JavaScript, live in two tabs, by keyboard, narrow, dark; axe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from peers_runtime import Role, Runtime, web
from peers_runtime.web.serving import Server
from tests.web.browsers import Tab, clock, violations, walk_to
from tests.web.consoles import SAMPLES, active, shown

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
ADD_NOTE, NOTES = "0mwqffk0qrjuu9np2uuaft5el", "0mwqffk1yugb2e7ml041psbwr"  # of the samples
DECIMALS, LAUNCH = "0mx23nmed84zcre4t8ekw96m1", "0mx2b1mrs6mry92o91c3uy4ck"
PAGES = (
    "",
    "packages",
    "packages/notes",
    "packages/notes/pin",
    "packages/notes/follow",
    "packages/notes/follow?tags=beta",
    "packages/nope",
    "install",
    "several?act=disable&name=notes&name=charts",
    "several?act=disable",
    "tools",
    f"tools/{ADD_NOTE}",
    f"tools/{ADD_NOTE}?json=",
    "tables",
    f"tables/{NOTES}",
    "variables",
    f"variables/{DECIMALS}/reset",
    "runs",
    "runs/resume",
    f"workflows/{LAUNCH}",
    "members",
    "members/set?member=bob&role=writer",
    "members/set?member=ada&role=reader",
    "contracts",
    "graph",
    "diagnostics",
    "s/notes",
    "s/charts/pie",
    "s/clock",
    "s/board/tasks",
    "beside/globex/notes",
)
NOTER = """
export async function mount(element, ctx) {
  const note = await ctx.tools.add_note({ title: "from the page" });
  element.textContent = `kept ${note.title}`;
  try {
    await ctx.tools.add_note({ titel: "x" });
  } catch (error) {
    element.textContent += `, then ${error.code}`;
  }
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier_and_none_asks_another_host(
    everything: Runtime, server: Server, chromium: Browser, scheme: str
) -> None:
    context = chromium.new_context(color_scheme=scheme)
    tab = Tab(context.new_page(), server)
    found = {path: violations(tab.open(path)) for path in PAGES}
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert all(url.startswith((server.address, "data:")) for url in tab.asked), tab.asked
    assert not [said for said in tab.complaints if "status of" not in said]  # cards and missing pages say so
    context.close()


def test_a_narrow_screen_has_everything_within_it(
    everything: Runtime, server: Server, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 640})
    tab = Tab(context.new_page(), server)
    for path in PAGES:
        page = tab.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    context.close()


def test_a_narrow_screen_stacks_what_changes_and_has_its_navigation_in_one_line(
    everything: Runtime, server: Server, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 640})
    tab = Tab(context.new_page(), server)
    row = everything.versions("notes", "acme")[0].package_version_id
    for path in (f"packages/notes/promote?version={row}&to=beta", "packages/notes/pin"):
        page = tab.open(path)
        for label in ("Now", "Then"):
            box = page.locator(f'[data-label="{label}"]').first.bounding_box()
            assert box is not None
            assert 0 <= box["x"] < box["x"] + box["width"] <= 360, path
        assert "Now" in page.evaluate(
            "getComputedStyle(document.querySelector('[data-label=Now]'), '::before').content"
        )
    page = tab.open("packages")
    for label in ("Why", "Follows"):
        expect(page.locator(f'[data-label="{label}"]').first).to_be_visible()
        assert page.locator(f'[data-label="{label}"]').first.bounding_box()["x"] < 360
    assert page.get_by_role("navigation", name="Console").bounding_box()["height"] < 60
    context.close()


def test_an_activation_in_one_tab_is_seen_in_another(
    everything: Runtime, tab: Tab, context: BrowserContext, server: Server
) -> None:
    other = Tab(context.new_page(), server)
    watching, launcher = other.open("packages/notes"), tab.open()
    other.listens()
    tab.listens()
    everything.install(SAMPLES / "notes-2", context="acme")
    expect(watching.locator(".version-row.is-active h2")).to_have_text("2.0.0")
    expect(launcher.get_by_role("link", name="Search notes", exact=True)).to_be_visible()
    page = tab.open("packages/notes")
    page.get_by_role("link", name="Disable notes").click()
    page.get_by_role("button", name="Disable").click()
    expect(watching.get_by_text("No version is active in acme")).to_be_visible()


def test_a_screen_of_an_older_version_is_told_and_not_torn_away(runtime: Runtime, tab: Tab) -> None:
    for sample, version in (("notes-1", "1.0.0"), ("notes-2", "2.0.0")):
        runtime.install(SAMPLES / sample, context="acme")
        runtime.promote("notes", version, to="stable", context="acme")
    runtime.rollback("notes", context="acme")
    page = tab.open("s/notes")
    tab.listens()
    runtime.install(SAMPLES / "charts", context="acme")
    runtime.activate("notes", "2.0.0", context="acme")
    expect(page.locator("#notice")).to_contain_text("Version 2.0.0 is active here now.")
    expect(page.get_by_role("heading", name="My notes")).to_be_visible()
    page.get_by_role("link", name="Show it").click()
    expect(page.get_by_role("heading", name="Notes, the important ones first")).to_be_visible()
    expect(page.locator("#notice")).to_be_empty()


def test_a_module_is_mounted_and_keeps_its_state_when_it_is_edited(
    everything: Runtime, tab: Tab, tmp_path: Path
) -> None:
    page = tab.open("s/clock?of=ada")
    tab.listens()
    page.get_by_role("button", name="Clock of ada: 0").click()
    page.get_by_role("button", name="Clock of ada: 1").click()
    everything.install(clock(tmp_path / "clock", "Watch of"), context="acme")
    expect(page.get_by_role("button", name="Watch of ada: 2")).to_be_visible()
    assert not tab.complaints


def test_a_module_that_fails_is_a_card_and_can_be_tried_again(
    everything: Runtime, tab: Tab, tmp_path: Path
) -> None:
    broken = clock(tmp_path / "clock")
    (broken / "clock" / "assets" / "clock.js").write_text(
        "export function mount() { throw new Error('stuck') }"
    )
    everything.install(broken, context="acme")
    page = tab.open("s/clock")
    expect(page.get_by_role("alert")).to_contain_text("clock 1.0.0 could not show this")
    expect(page.get_by_role("alert")).to_contain_text("stuck")
    everything.install(clock(tmp_path / "clock"), context="acme")
    page.get_by_role("link", name="Try again").or_(page.get_by_role("button", name="Clock of")).first.click()
    expect(page.get_by_role("button", name="Clock of nobody")).to_be_visible()


def test_a_module_calls_tools_of_its_context(everything: Runtime, tab: Tab, tmp_path: Path) -> None:
    noter = clock(tmp_path / "noter")
    (noter / "clock" / "assets" / "clock.js").write_text(NOTER)
    everything.install(noter, context="acme")
    expect(tab.open("s/clock").get_by_text("kept from the page, then P0503")).to_be_visible()
    assert [row.title for row in everything.context("acme").tables["Notes"].list()] == ["from the page"]


def test_a_card_can_be_tried_again(everything: Runtime, tab: Tab, tmp_path: Path) -> None:
    code = "import pathlib\ndef render(props, ctx):\n    return pathlib.Path(PATH).read_text()\n"
    asked = tmp_path / "ink.txt"
    code = code.replace("PATH", repr(str(asked)))
    everything.install(shown(tmp_path / "ink", "ink", code), context="acme")
    page = tab.open("s/ink")
    expect(page.get_by_role("alert")).to_contain_text("FileNotFoundError")
    asked.write_text("there is ink")
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("#screen")).to_have_text("there is ink")


def test_an_application_stands_in_a_frame(everything: Runtime, tab: Tab, tmp_path: Path) -> None:
    code = """
        async def app(scope, receive, send):
            await send({"type": "http.response.start", "status": 200,
                        "headers": [(b"content-type", b"text/html")]})
            await send({"type": "http.response.body", "body": b"<p>a small application</p>"})
    """
    everything.install(shown(tmp_path, "sub", code, target="asgi", content="sub.ui:app"), context="acme")
    page = tab.open("s/sub")
    expect(page.frame_locator("iframe").get_by_text("a small application")).to_be_visible()
    assert not tab.complaints


def test_the_other_context_has_the_other_version(everything: Runtime, tab: Tab) -> None:
    page = tab.open("s/notes")
    expect(page.get_by_role("heading", name="My notes")).to_be_visible()
    page.locator("summary", has_text="acme").click()
    page.get_by_role("link", name="globex", exact=True).click()
    expect(page.get_by_role("heading", name="Notes, the important ones first")).to_be_visible()
    page.locator("summary", has_text="Beside").click()
    page.get_by_role("link", name="acme: 1.0.0").click()
    expect(page.frame_locator("iframe >> nth=0").get_by_role("heading")).to_have_text(
        ["Notes in globex", re.compile("important")]
    )
    expect(page.frame_locator("iframe >> nth=1").get_by_role("heading")).to_have_text(
        ["Notes in acme", "My notes"]
    )


def test_all_can_be_done_without_javascript(everything: Runtime, server: Server, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    tab = Tab(context.new_page(), server)
    page = tab.open()
    page.get_by_role("link", name="Versions of notes").click()
    page.get_by_role("link", name="Promote to stable").click()
    page.get_by_role("button", name="Promote").click()
    expect(page.get_by_text("Promote: done.")).to_be_visible()
    page.get_by_label("Follow tags").select_option("stable,beta")
    page.get_by_role("button", name="Follow…").click()
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_text("Follow: done.")).to_be_visible()
    page.locator("summary", has_text="acme").click()
    page.get_by_role("link", name="globex", exact=True).click()
    expect(page).to_have_url(re.compile("/c/globex/packages"))
    page = tab.open("contracts")
    page.get_by_role("link", name="Use fancy_tasks@1.0.0").first.click()
    page.get_by_role("button", name="Choose a provider").click()
    expect(page.get_by_text("chosen", exact=True)).to_be_visible()
    expect(tab.open("s/clock").get_by_text("This screen needs JavaScript.")).to_be_visible()
    context.close()
    assert everything.versions("notes", "acme")[0].version_tag == "stable"


def test_all_can_be_done_by_keyboard(everything: Runtime, tab: Tab) -> None:
    page = tab.open()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    walk_to(page, "notes 1.0.0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/packages/notes")
    walk_to(page, "Disable")
    page.keyboard.press("Enter")
    page.wait_for_url("**/disable")
    expect(page.get_by_role("button", name="Disable")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Disable: done.")).to_be_visible()
    assert active(everything, "notes") is None
    walk_to(page, "acme")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="globex", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="globex", exact=True)).to_be_hidden()


def test_an_edited_screen_swaps_itself_and_what_is_wrong_lies_over_it(
    runtime: Runtime, server: Server, tab: Tab, tmp_path: Path
) -> None:
    edited = shown(tmp_path, "draft", "def render(props, ctx):\n    return 'as it was'\n")
    with runtime.watch(edited, context="acme"):
        page = tab.open("s/draft")
        tab.listens()
        expect(page.locator("#screen")).to_have_text("as it was")
        code = edited / "draft" / "ui.py"
        code.write_text("def render(props, ctx)\n    return 'broken'\n")
        expect(page.get_by_role("alert")).to_contain_text("What was saved does not run")
        expect(page.get_by_role("alert")).to_contain_text("1 | def render(props, ctx)")
        expect(page.locator("#screen")).to_have_text("as it was")
        assert violations(page) == []
        code.write_text("def render(props, ctx):\n    return 'as it is'\n")
        expect(page.locator("#screen")).to_have_text("as it is")
        expect(page.get_by_role("alert")).to_have_count(0)


def test_a_context_that_is_lost_is_said(runtime: Runtime, chromium: Browser) -> None:
    runtime.members.set("acme", "bob", Role.READER)
    with Server(web.app(runtime, actor=lambda _: "bob")) as server:
        context = chromium.new_context()
        tab = Tab(context.new_page(), server)
        page = tab.open("packages")
        tab.listens()
        runtime.members.set("acme", "bob", Role.NONE)
        expect(page.locator("#notice")).to_contain_text("You may not use this context any more.")
        context.close()
