"""A page in Chromium that is watched, and what is looked for on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from peers_runtime.web.serving import Server
from tests.web.consoles import shown

expect.set_options(timeout=20_000)  # the machine may be busy
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
CLOCK = """
export function mount(element, ctx) {
  let count = ctx.state?.count ?? 0;
  const button = document.createElement("button");
  const show = () => { button.textContent = `TITLE ${ctx.props.of ?? "nobody"}: ${count}`; };
  button.addEventListener("click", () => { count += 1; show(); });
  show();
  element.append(button);
  return () => { button.remove(); return { count }; };
}
"""


class Tab:
    """A page in a browser that watches what it loads and what it complains of."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._base = server.address
        page.goto(server.url)

    def open(self, path: str = "", context: str = "acme") -> Page:
        self.page.goto(f"{self._base}c/{context}/{path}")
        return self.page

    def listens(self) -> None:
        """Wait until it follows what changes."""
        expect(self.page.locator("body")).to_have_attribute("data-following", "yes")


def clock(folder: Path, title: str = "Clock of") -> Path:
    return shown(
        folder,
        "clock",
        "",
        target="web-module",
        content="assets/clock.js",
        assets=["assets/clock.js"],
        files={"assets/clock.js": CLOCK.replace("TITLE", title)},
        definition="from peers_runtime import AppNav\n"
        "pkg.app_navs = [AppNav(name='Clock', navigation_path='clock')]",
    )


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds; its script is run by the test, past the page's policy."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [{"id": one["id"], "nodes": [node["html"][:200] for node in one["nodes"]]} for one in found]


def walk_to(page: Page, text: str) -> None:
    """Press Tab until something with that text has the focus; it can be seen that it has."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(60):
        page.keyboard.press("Tab")
        if text in page.evaluate("document.activeElement.textContent"):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
            assert outline != "none" or shadow != "none"
            return
    raise AssertionError(f"Tab leads to no {text!r}")
