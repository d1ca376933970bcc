"""What the console manages besides versions, in Chromium: without JavaScript, by keyboard; and contracts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from peers_runtime import Role, Runtime
from peers_runtime.web import acts, changes
from peers_runtime.web.serving import Server
from tests.web.browsers import Tab, violations, walk_to
from tests.web.consoles import SAMPLES, active
from tests.web.workflows import slow

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_page_uses_a_contract_and_follows_it(
    runtime: Runtime, tab: Tab, context: BrowserContext, server: Server
) -> None:
    for sample in ("board", "tasks-2"):
        runtime.install(SAMPLES / sample, context="acme")
    page, other = tab.open("s/board/tasks"), Tab(context.new_page(), server).open("s/board/tasks")
    expect(other.get_by_text("0 to do")).to_be_visible()
    page.get_by_label("What is to do").fill("Measure")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("1 to do")).to_be_visible()
    expect(other.get_by_text("1 to do")).to_be_visible()
    runtime.context("acme").tools["add_task"](title="Paint")  # whoever it is
    expect(page.get_by_text("2 to do")).to_be_visible()
    page.get_by_role("button", name="Finish Measure").click()
    expect(page.locator("#screen").get_by_role("status")).to_have_text("Measure is done.")
    expect(other.locator("#screen").get_by_role("status")).to_have_text("Measure is done.")
    expect(page.get_by_role("button", name="Finish Paint")).to_be_visible()
    assert violations(page) == []
    assert not tab.complaints
    assert [row.done for row in runtime.context("acme").tables["Tasks"].list(title="Measure")] == [True]


def test_a_page_follows_on_when_its_stream_has_lasted_long(
    runtime: Runtime, tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "LONGEST_S", 2.0)
    monkeypatch.setattr(changes, "_HANDOVER_S", 1.5)
    for sample in ("board", "tasks-2"):
        runtime.install(SAMPLES / sample, context="acme")
    page = tab.open("s/board/tasks")
    expect(page.get_by_text("0 to do")).to_be_visible()
    for _ in range(2):
        with page.expect_request(re.compile("/events[?]contract=")):
            pass  # the next stream
    runtime.context("acme").tools["add_task"](title="Paint")
    expect(page.get_by_text("1 to do")).to_be_visible()
    assert not tab.complaints


def test_a_page_says_that_nobody_provides_its_contract(runtime: Runtime, tab: Tab) -> None:
    runtime.install(SAMPLES / "board", context="acme")
    expect(tab.open("s/board/tasks").get_by_text("There are no tasks here")).to_be_visible()


def test_a_refused_value_is_taken_back_and_raised(runtime: Runtime, tab: Tab) -> None:
    for sample in ("board", "tasks-2"):
        runtime.install(SAMPLES / sample, context="acme")
    page = tab.open("s/board/tasks")
    expect(page.get_by_text("0 to do")).to_be_visible()
    found = page.evaluate(
        """async () => {
            const address = [...document.scripts].find((one) => one.src.endsWith("console.js")).src;
            const { Contracts } = await import(address.replace("console.js", "contracts.js"));
            const held = new Contracts(document.body.dataset, () => {}).holder();
            const tasks = await held.open("0mx234yf046d1gcfpxxyvh3i6", 2);
            const setting = tasks.observables.open_tasks.set(7);
            const mirrored = tasks.observables.open_tasks();
            const code = await setting.then(() => "none", (error) => error.code);
            const after = tasks.observables.open_tasks();
            held.dispose();
            const gone = await tasks.tools.add_task({ title: "x" }).catch((error) => error.code);
            return [mirrored, code, after, gone];
        }"""
    )
    assert found == [7, "P0517", 0, "P0527"]


def test_all_is_managed_without_javascript(
    everything: Runtime, server: Server, chromium: Browser, tmp_path: Path
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    tab = Tab(context.new_page(), server)
    page = tab.open()
    # each act begins at the launcher, and the third click at most does it
    page.get_by_role("link", name="Members").click()
    page.get_by_label("Name").fill("bob")
    page.get_by_label("Role", exact=True).select_option("writer")
    page.get_by_role("button", name="Add…").click()
    page.get_by_role("button", name="Set the role of bob").click()
    expect(page.get_by_text("Set a role: done.")).to_be_visible()
    tab.open()
    page.get_by_role("link", name="Variables").click()
    page.get_by_label("Value of decimals").fill("0")
    page.get_by_role("button", name="Set… decimals").click()
    page.get_by_role("button", name="Set timer:decimals").click()
    expect(page.get_by_text("Set: done.")).to_be_visible()
    tab.open()
    page.get_by_role("link", name="Tools").click()
    page.get_by_role("link", name="add_note").click()
    page.get_by_label(re.compile("^title")).fill("From a form")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("region", name="What it answers with")).to_contain_text("From a form")
    tab.open()
    page.get_by_role("link", name="Tables").click()
    page.get_by_role("link", name="Notes").click()
    expect(page.get_by_role("cell", name="From a form")).to_be_visible()
    tab.open()
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("link", name="launch").click()
    page.get_by_label(re.compile("^name")).fill("Shed")
    page.get_by_label(re.compile("^steps")).fill('["Measure"]')
    page.get_by_role("button", name="Run").click()
    (run,) = everything.context("acme").workflows.runs()
    run.result(30)
    page.reload()
    expect(page.get_by_role("heading", name="planner:launch done")).to_be_visible()
    tab.open()
    page.get_by_role("link", name="Install…").click()
    page.get_by_label(re.compile("^A project")).fill(str(SAMPLES / "themes"))
    page.get_by_role("button", name="Install… from this machine").click()
    page.get_by_role("button", name="Install").click()
    expect(page.get_by_text("Install: done.")).to_be_visible()
    page.get_by_role("link", name="Packages").click()
    for name in ("themes", "board"):
        page.get_by_label(f"Choose {name}").check()
    page.get_by_role("button", name="Uninstall…").click()
    page.get_by_role("button", name="Uninstall").click()
    expect(page.get_by_text("Uninstall: done.")).to_be_visible()
    context.close()
    assert not {one.name for one in everything.packages("acme")} & {"themes", "board"}
    assert {one.actor_id: one.role for one in everything.members.list("acme")}["bob"] is Role.WRITER


def test_a_wheel_is_given_in_a_browser(runtime: Runtime, tab: Tab, tmp_path: Path) -> None:
    runtime.pack(SAMPLES / "themes", out=tmp_path)
    page = tab.open("install")
    page.get_by_label("Wheel", exact=True).set_input_files(next(tmp_path.glob("*.whl")))
    page.get_by_role("button", name="Install… the wheel").click()
    assert violations(page) == []
    page.get_by_role("button", name="Install the wheel").click()
    expect(page.get_by_text("Install: done.")).to_be_visible()
    assert not tab.complaints


def redrawn(tab: Tab, runtime: Runtime) -> None:
    """Change something elsewhere, and wait until the open page has been drawn anew."""
    main = tab.page.locator("#main")
    tab.listens()
    main.evaluate("main => { main.dataset.drawn = 'before'; }")
    if "themes" in {one.name for one in runtime.packages("acme")}:
        runtime.uninstall("themes", context="acme")
    else:
        runtime.install(SAMPLES / "themes", context="acme")
    expect(main).not_to_have_attribute("data-drawn", "before")


def test_what_was_done_on_a_page_stays_when_it_is_drawn_anew(everything: Runtime, tab: Tab) -> None:
    page = tab.open("packages")
    page.get_by_label("Choose notes").check()
    redrawn(tab, everything)
    expect(page.get_by_label("Choose notes")).to_be_checked()
    expect(page.get_by_label("Choose themes")).not_to_be_checked()
    page = tab.open("members")
    page.get_by_label("Name").fill("carol")
    page.get_by_label("Role", exact=True).select_option("admin")
    page.get_by_role("button", name="Add…").focus()
    redrawn(tab, everything)
    expect(page.get_by_label("Name")).to_have_value("carol")
    expect(page.get_by_label("Role", exact=True)).to_have_value("admin")
    expect(page.get_by_role("button", name="Add…")).to_be_focused()
    page = tab.open("packages/notes")
    page.get_by_text("History").click()
    redrawn(tab, everything)
    expect(page.locator("details[open]").get_by_text("History")).to_be_visible()
    assert not tab.complaints


def test_a_page_drawn_anew_still_says_what_was_done(everything: Runtime, tab: Tab) -> None:
    page = tab.open("variables?done=set")
    redrawn(tab, everything)
    expect(page.get_by_text("Set: done.")).to_be_visible()
    assert not tab.complaints


def test_a_role_is_set_by_keyboard(everything: Runtime, tab: Tab) -> None:
    everything.members.set("acme", "bob", Role.READER)
    page = tab.open()
    walk_to(page, "Members")
    page.keyboard.press("Enter")
    page.wait_for_url("**/members")
    walk_to(page, "the role of bob")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("Admin")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/members/set?*")
    expect(page.get_by_role("button", name="Set the role of bob")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Set a role: done.")).to_be_visible()
    assert {one.actor_id: one.role for one in everything.members.list("acme")}["bob"] is Role.ADMIN


BUTTONS = [  # in an order in which each is there: the link that leads there, what is said, what runs then
    ("Pin notes", "Pin", "2.0.0"),
    ("Unpin notes", "Unpin", "2.0.0"),
    ("Roll back notes", "Roll back", "1.0.0"),
    ("Activate notes 2.0.0", "Activate", "2.0.0"),
    ("Activate here notes 1.0.0", "Activate", "1.0.0"),
    ("Follow the group with notes", "Follow the group", "2.0.0"),
    ("Yank notes 1.0.0", "Yank", "2.0.0"),
    ("Disable notes", "Disable", None),
    ("Uninstall notes", "Uninstall", "gone"),
]


def test_every_button_of_a_version_does_what_it_says(runtime: Runtime, tab: Tab) -> None:
    for sample, version in (("notes-1", "1.0.0"), ("notes-2", "2.0.0")):
        runtime.install(SAMPLES / sample, context="acme")
        runtime.promote("notes", version, to="stable", context="acme")
    pressed = set()
    for link, said, runs in BUTTONS:
        page = tab.open("packages/notes")
        page.get_by_role("link", name=link, exact=True).click()
        button = page.locator("form[method=post] button")
        expect(button).to_be_focused()
        button.click()
        if runs == "gone":
            page.wait_for_url("**/packages?*")
            assert runtime.packages("acme") == []
        else:
            expect(page.get_by_text(f"{said}: done.")).to_be_visible()
            assert active(runtime, "notes") == runs
        pressed.add(said)
    assert not tab.complaints
    assert {deed.title for deed in acts.DEEDS.values()} - pressed == {
        "Promote",
        "Follow",
    }  # pressed elsewhere


def test_every_button_on_several_packages_does_what_it_says(runtime: Runtime, tab: Tab) -> None:
    for sample in ("tasks-1", "projects"):
        runtime.install(SAMPLES / sample, context="acme")

    def press(title: str) -> None:
        page = tab.open("packages")
        for name in ("tasks", "projects"):
            page.get_by_label(f"Choose {name}").check()
        page.get_by_role("button", name=f"{title}…").click()
        page.get_by_role("button", name=title).click()
        expect(page.get_by_text(f"{title}: done.")).to_be_visible()

    for title, runs in (
        ("Promote to beta", None),
        ("Promote to stable", "1.0.0"),
        ("Disable", None),
        ("Activate", "1.0.0"),
    ):
        press(title)
        assert [active(runtime, name) for name in ("tasks", "projects")] == [runs, runs], title
    for sample in ("tasks-2", "projects"):
        runtime.install(SAMPLES / sample, context="acme")
    press("Uninstall")
    assert runtime.packages("acme") == []
    assert not tab.complaints


def test_the_page_of_a_run_shows_by_itself_how_it_ends(runtime: Runtime, tab: Tab, tmp_path: Path) -> None:
    there = tmp_path / "there"
    runtime.install(slow(tmp_path / "slow"), context="acme")
    run = runtime.context("acme").workflows["wait"].start(path=str(there))
    page = tab.open(f"runs/{run.run_id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("running")
    page.get_by_role("link", name="Cancel…").focus()
    page.locator("#main").evaluate("main => { main.dataset.drawn = 'before'; }")
    expect(page.locator("#main")).not_to_have_attribute("data-drawn", "before")
    expect(page.get_by_role("link", name="Cancel…")).to_be_focused()
    there.touch()
    expect(page.get_by_role("heading", level=1)).to_contain_text("done")
    expect(page.get_by_role("heading", name="Output")).to_be_visible()
    assert not tab.complaints


def test_a_run_is_cancelled_and_a_variable_reset(everything: Runtime, tab: Tab, tmp_path: Path) -> None:
    everything.context("acme").variables["decimals"].set(0)
    page = tab.open("variables")
    page.get_by_role("link", name="Reset… decimals").click()
    page.get_by_role("button", name="Reset timer:decimals").click()
    expect(page.get_by_text("Reset: done.")).to_be_visible()
    assert everything.context("acme").variables["decimals"]() == 1
    there = tmp_path / "there"
    everything.install(slow(tmp_path / "slow"), context="acme")
    run = everything.context("acme").workflows["wait"].start(path=str(there))
    page = tab.open("runs")
    page.get_by_role("link", name="Resume what was interrupted…").click()
    page.get_by_role("button", name="Resume runs").click()
    expect(page.get_by_text("Resume: done.")).to_be_visible()
    page.get_by_role("link", name=f"Cancel… {run.run_id[-8:]}").click()
    page.get_by_role("button", name="Cancel the run").click()
    expect(page.get_by_text("Cancel: done.")).to_be_visible()
    assert run.status == "cancelled"
    there.touch()
    assert not tab.complaints
