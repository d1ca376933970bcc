"""What packages show in a browser: each target, cards of errors, slots, overlays, assets and tools."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from peers_runtime import Role, Runtime, web
from tests.web.consoles import HOST, ORIGIN, SAMPLES, browser, form_token, shown
from tests.world import an_id, project


def screen(client: TestClient, path: str, **query: object) -> str:
    """What stands in a screen's place."""
    text: str = client.get(f"/c/acme/s/{path}", params=query).text
    return text.partition('class="screen">')[2].partition("</main>")[0]


def test_a_text_is_escaped(runtime: Runtime, client: TestClient, tmp_path: Path) -> None:
    code = "def render(props, ctx):\n    return '<script>alert(1)</script>' + props['name']\n"
    runtime.install(shown(tmp_path, "plain", code), context="acme")
    found = screen(client, "plain", name="<b>&\"'")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;&amp;&#34;&#39;" in found.replace(
        "&quot;", "&#34;"
    ).replace("&#x27;", "&#39;")
    assert "<script>" not in found


def test_what_says_its_own_html_is_shown_so(runtime: Runtime, client: TestClient) -> None:
    runtime.install(SAMPLES / "charts", context="acme")
    assert "<meter max='9' value='4'></meter>" in screen(client, "charts")


def test_a_coroutine_is_awaited_where_the_server_runs(
    runtime: Runtime, client: TestClient, tmp_path: Path
) -> None:
    code = """
        import asyncio, threading

        async def render(props, ctx):
            await asyncio.sleep(0)
            return f"awaited in {ctx.context_id}"
    """
    runtime.install(shown(tmp_path, "waits", code), context="acme")
    assert "awaited in acme" in screen(client, "waits")


def test_a_response_is_taken_as_it_is(runtime: Runtime, client: TestClient, tmp_path: Path) -> None:
    code = """
        from starlette.responses import Response

        def render(props, ctx):
            return Response("a,b", 201, {"x-own": "yes"}, "text/csv")
    """
    more = {"dependencies": '["starlette"]'}
    runtime.install(shown(tmp_path, "table", code, **more), context="acme")
    answer = client.get("/c/acme/s/table")
    assert (answer.status_code, answer.text, answer.headers["x-own"]) == (201, "a,b", "yes")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "why"), [("charts/pie", "division by zero"), ("charts/gauge", "not connected")]
)
def test_what_fails_is_a_card_in_its_place_and_the_rest_goes_on(
    runtime: Runtime, client: TestClient, path: str, why: str
) -> None:
    runtime.install(SAMPLES / "charts", context="acme")
    answer = client.get(f"/c/acme/s/{path}")
    assert answer.status_code == 500
    assert "charts 1.0.0 could not show this" in answer.text
    assert why in answer.text
    assert 'class="peers-retry"' in answer.text
    assert 'aria-label="Console"' in answer.text
    assert client.get("/c/acme/s/charts").status_code == 200


def test_html_that_fails_while_it_is_written_is_a_card_too(
    runtime: Runtime, client: TestClient, tmp_path: Path
) -> None:
    code = """
        class Page:
            def __html__(self):
                raise ValueError("no ink")

        def render(props, ctx):
            return Page()
    """
    runtime.install(shown(tmp_path, "late", code), context="acme")
    assert "ValueError while it was shown: no ink" in screen(client, "late")


def test_props_that_do_not_fit_are_said_in_place(notes: Runtime, client: TestClient) -> None:
    notes.install(SAMPLES / "charts", context="acme")
    answer = client.get("/c/acme/s/charts?values=none")
    assert "P0205" in answer.text or "P0202" in answer.text  # of the route, or of the UI


def test_a_path_that_no_route_takes_is_not_found(notes: Runtime, client: TestClient) -> None:
    assert client.get("/c/acme/s/nothing/here").status_code == 404
    assert client.get(f"/c/acme/s/{an_id('nobody')}").status_code == 404


# ── modules, applications ────────────────────────────────────────────────────────────────────────────


def clock(folder: Path, script: str = "export function mount() {}") -> Path:
    return shown(
        folder,
        "clock",
        "raise RuntimeError('no code of the package is run to show it')",
        target="web-module",
        content="assets/clock.js",
        assets=["assets/clock.js", "assets/face.svg"],
        files={"assets/clock.js": script, "assets/face.svg": "<svg/>", "assets/secret.txt": "not named"},
    )


def test_a_module_is_named_by_an_address_that_never_changes(
    runtime: Runtime, client: TestClient, tmp_path: Path
) -> None:
    version = runtime.install(clock(tmp_path), context="acme")
    found = screen(client, "clock", speed=2)
    address = f"/c/acme/assets/{version.snapshot_digest}/clock/assets/clock.js"
    assert f'data-module="{address}"' in found
    assert 'data-props="{&#34;speed&#34;: &#34;2&#34;}"' in found
    script = client.get(address)
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert script.headers["x-content-type-options"] == "nosniff"
    again = client.get(address, headers={"if-none-match": script.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "clock/assets/secret.txt",
        "clock/package.py",
        "clock/assets/%2e%2e/package.py",
        "clock/assets/..%2fpackage.py",
        "clock/assets%00/clock.js",
        "clock//assets/clock.js",
        "/etc/passwd",
        "..%2f..%2f..%2fetc/passwd",
        "clock\\assets\\clock.js",
        "CLOCK/assets/clock.js",
        "",
    ],
)
def test_only_what_a_ui_names_can_be_had(
    runtime: Runtime, client: TestClient, tmp_path: Path, path: str
) -> None:
    digest = runtime.install(clock(tmp_path), context="acme").snapshot_digest
    assert client.get(f"/c/acme/assets/{digest}/{path}").status_code == 404
    assert client.get(f"/c/acme/assets/{digest}/clock/assets/face.svg").status_code == 200


def test_an_asset_is_for_those_who_may_read_its_context(runtime: Runtime, tmp_path: Path) -> None:
    digest = runtime.install(clock(tmp_path), context="acme").snapshot_digest
    runtime.members.set("globex", "bob", Role.OWNER)
    console = web.app(runtime, actor=lambda connection: connection.headers.get("x-user"), hosts=[HOST])
    client = browser(console)
    path = f"assets/{digest}/clock/assets/face.svg"
    assert client.get(f"/c/acme/{path}", headers={"x-user": "ada"}).status_code == 200
    assert client.get(f"/c/acme/{path}", headers={"x-user": "bob"}).status_code == 403
    assert client.get(f"/c/globex/{path}", headers={"x-user": "bob"}).status_code == 404
    console.close()


def test_an_asset_of_an_older_version_stays_where_it_was(
    runtime: Runtime, client: TestClient, tmp_path: Path
) -> None:
    first = runtime.install(clock(tmp_path / "one"), context="acme")
    runtime.promote("clock", "1.0.0", to="beta", context="acme")
    second = clock(tmp_path / "two", "export const two = 2")
    (second / "pyproject.toml").write_text(
        (second / "pyproject.toml").read_text().replace('"1.0.0"', '"2.0.0"')
    )
    runtime.install(second, context="acme")
    address = f"/c/acme/assets/{first.snapshot_digest}/clock/assets/clock.js"
    assert client.get(address).text.startswith("export function mount")


def test_a_module_that_is_no_asset_is_refused_when_it_is_installed(runtime: Runtime, tmp_path: Path) -> None:
    from peers_runtime import InvalidDefinition

    wrong = shown(tmp_path, "clock", "", target="web-module", content="assets/clock.js")
    with pytest.raises(InvalidDefinition, match="none of its assets"):
        runtime.install(wrong, context="acme")


def test_an_application_answers_below_an_address_of_its_own(
    runtime: Runtime, client: TestClient, tmp_path: Path
) -> None:
    code = """
        async def app(scope, receive, send):
            names = sorted(name.decode() for name, _ in scope["headers"])
            cookies = [value for name, value in scope["headers"] if name == b"cookie"]
            body = (await receive())["body"].decode()
            said = f"{scope['method']} {scope['root_path']} {scope['path']} {body} {cookies}"
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": said.encode()})
    """
    runtime.install(shown(tmp_path, "sub", code, target="asgi", content="sub.ui:app"), context="acme")
    ui = an_id("sub", "ui")
    assert f'src="/c/acme/apps/{ui}/"' in screen(client, "sub")
    base = f"/c/acme/apps/{ui}"
    assert client.get(f"{base}/a/b").text.startswith(f"GET {base} {base}/a/b ")
    assert client.get(f"{base}/").text.endswith("[b'']")  # the session is the console's business
    assert client.post(f"{base}/a", content="x", headers=ORIGIN).text.startswith(f"POST {base} {base}/a x")
    assert client.post(f"{base}/a", content="x").status_code == 403
    assert client.get("/c/globex/apps/{ui}/").status_code == 404


def test_the_first_target_that_a_browser_can_show_is_taken(
    runtime: Runtime, client: TestClient, tmp_path: Path
) -> None:
    ui = an_id("both", "ui")
    files = {
        "routes.py": f"from peers_runtime import Route\nroutes = [Route(peers_ui_id={ui!r}, path='both')]\n",
        "uis.py": f"""
            from peers_runtime import UI
            uis = [
                UI(peers_ui_id={ui!r}, name="Home", content="both.ui:terminal", target="terminal"),
                UI(peers_ui_id={ui!r}, name="Home", content="both.ui:html"),
            ]
        """,
        "ui.py": """
            def terminal(props, ctx): return "for a terminal"
            def html(props, ctx): return "for a browser"
        """,
    }
    runtime.install(project(tmp_path, "both", files=files), context="acme")
    assert "for a browser" in screen(client, "both")
    assert runtime.context("acme").render("both").content == "for a terminal"


# ── slots, overlays, addresses of assets ─────────────────────────────────────────────────────────────


def filler(folder: Path, name: str, subcategory: str, code: str) -> Path:
    ui = an_id(name, "ui")
    files = {
        "routes.py": "from peers_runtime import Route\nroutes = [Route(peers_ui_id="
        f"{ui!r}, ui_category='other', ui_subcategory={subcategory!r})]\n",
        "uis.py": "from peers_runtime import UI\n"
        f"uis = [UI(peers_ui_id={ui!r}, name='Fill', content='{name}.ui:fill')]",
        "ui.py": code,
    }
    return project(folder, name, files=files)


FRAME = """
    class Page:
        def __init__(self, ctx):
            self.slot = ctx.slot("frame.below", {"of": "<frame>"}, default=None)

        def __html__(self):
            return "<h1>Frame</h1>" + (self.slot.__html__() if self.slot else "<p>nobody</p>")

    def render(props, ctx):
        return Page(ctx)
"""


def test_a_slot_is_filled_by_another_package(runtime: Runtime, client: TestClient, tmp_path: Path) -> None:
    runtime.install(shown(tmp_path / "frame", "frame", FRAME), context="acme")
    assert "<h1>Frame</h1><p>nobody</p>" in screen(client, "frame")
    code = "def fill(props, ctx): return 'filled for ' + props['of']"
    runtime.install(filler(tmp_path / "fill", "fill", "frame.below", code), context="acme")
    assert "<h1>Frame</h1>filled for &lt;frame&gt;" in screen(client, "frame")
    runtime.disable("fill", context="acme")
    assert "<p>nobody</p>" in screen(client, "frame")


def test_a_slot_that_fails_is_a_card_and_its_surroundings_stand(
    runtime: Runtime, client: TestClient, tmp_path: Path
) -> None:
    runtime.install(shown(tmp_path / "frame", "frame", FRAME), context="acme")
    code = "def fill(props, ctx): raise OSError('no paint')"
    runtime.install(filler(tmp_path / "fill", "fill", "frame.below", code), context="acme")
    found = screen(client, "frame")
    assert "<h1>Frame</h1>" in found
    assert "fill 1.0.0 could not show this" in found
    assert "no paint" in found


def test_overlays_lie_over_every_screen_of_their_context(
    notes: Runtime, client: TestClient, tmp_path: Path
) -> None:
    code = "def fill(props, ctx): return 'over all'"
    notes.install(filler(tmp_path, "over", "overlay", code), context="acme")
    assert '<aside class="overlay"' in client.get("/c/acme/s/notes").text
    assert "over all" in client.get("/c/acme/s/notes").text
    assert "over all" not in client.get("/c/globex/s/notes").text


def test_html_names_assets_of_its_own_version(runtime: Runtime, client: TestClient, tmp_path: Path) -> None:
    code = """
        class Page:
            def __init__(self, at):
                self.at = at

            def __html__(self):
                return f'<img src="{self.at}" alt="">'

        def render(props, ctx):
            return Page(ctx.asset("assets/logo.svg"))
    """
    made = shown(tmp_path, "logo", code, assets=["assets/logo.svg"], files={"assets/logo.svg": "<svg/>"})
    runtime.install(made, context="acme")
    address = screen(client, "logo").partition('src="')[2].partition('"')[0]
    assert address.startswith("/c/acme/assets/")
    assert client.get(address).text == "<svg/>"


# ── tools ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_calls_tools_of_its_context(notes: Runtime, client: TestClient) -> None:
    token = form_token(client.get("/c/acme/").text)
    headers = {**ORIGIN, "x-form-token": token}
    made = client.post("/c/acme/tools/add_note", json={"title": "Call"}, headers=headers)
    assert made.json()["title"] == "Call"
    assert [row.title for row in notes.context("acme").tables["Notes"].list()] == ["Call"]
    asked = {**headers, "accept": "application/json"}
    wrong = client.post("/c/acme/tools/add_note", json={"titel": "Call"}, headers=asked)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "P0503")
    assert client.post("/c/acme/tools/none", json={}, headers=headers).status_code == 404
    assert client.post("/c/acme/tools/add_note", json={"title": "x"}, headers=ORIGIN).status_code == 403
    text = {**headers, "content-type": "text/plain"}
    assert client.post("/c/acme/tools/add_note", content='{"title": "x"}', headers=text).status_code == 403
    assert len(notes.context("acme").tables["Notes"].list()) == 1


# ── which version a page shows ───────────────────────────────────────────────────────────────────────


def test_a_page_can_ask_what_its_screen_would_be_now(notes: Runtime, client: TestClient) -> None:
    page = client.get("/c/acme/s/notes").text
    fresh, there = (page.partition(f'{name}="')[2].partition('"')[0] for name in ("data-fresh", "data-there"))
    asked = client.get(fresh).json()
    assert asked == {"shown": json.loads(unescape(there)), "faults": []}
    before = asked["shown"]["notes"]
    assert (before["version"], len(before["digest"]), len(before["copy"])) == ("1.0.0", 64, 16)
    notes.install(SAMPLES / "notes-2", context="acme")
    after = client.get(fresh).json()["shown"]["notes"]
    assert after["version"] == "2.0.0"
    assert not {after["digest"], after["copy"]} & set(
        before.values()
    )  # another folder is another working copy
    notes.promote("notes", "2.0.0", to="stable", context="acme")
    assert client.get(fresh).json()["shown"]["notes"]["copy"] == ""
    notes.disable("notes", context="acme")
    assert client.get(fresh).json()["shown"] == {}


def test_what_fills_slots_and_lies_over_screens_is_asked_for_too(notes: Runtime, client: TestClient) -> None:
    notes.install(SAMPLES / "hints", context="acme")
    notes.install(SAMPLES / "charts", context="acme")
    assert set(client.get("/c/acme/fresh/notes").json()["shown"]) == {"notes", "hints"}


def test_two_versions_stand_side_by_side(notes: Runtime, client: TestClient) -> None:
    assert 'href="/c/acme/beside/globex/notes"' in client.get("/c/acme/s/notes").text
    page = client.get("/c/acme/beside/globex/notes").text
    assert 'src="/c/acme/s/notes?bare=1"' in page
    assert 'src="/c/globex/s/notes?bare=1"' in page
    assert "My notes" in client.get("/c/acme/s/notes?bare=1").text
    assert client.get("/c/acme/beside/nowhere/notes").status_code == 404
