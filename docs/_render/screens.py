"""Takes docs/pictures/console-*.png of the console in Chromium: `make picture`.

They are not among what `--check` compares, because fonts differ from machine to machine.
"""

from __future__ import annotations

import shutil
import sys

from playwright.sync_api import ViewportSize, sync_playwright

from docs._render.source import ROOT
from peers_runtime import Runtime, web
from peers_runtime.web.serving import Server

PICTURES = ROOT / "docs" / "pictures"
SAMPLES = ROOT / "sample_packages"
SHOWN = {
    "apps": "",
    "versions": "packages/notes",
    "preview": "packages/notes/rollback",
    "beside": "beside/globex/notes",
    "tool": "tools/0mwqffk0qrjuu9np2uuaft5el",  # add_note of the sample
}
SIZE: ViewportSize = {"width": 1000, "height": 560}


def prepare(runtime: Runtime) -> None:
    """Two contexts: acme has two releases of notes and uses the second, globex the first."""
    for name in ("acme", "globex"):
        runtime.contexts.create(name)
        runtime.install(SAMPLES / "notes-1", context=name)
        runtime.promote("notes", "1.0.0", "stable", context=name)
        runtime.context(name).tools["add_note"](title="Call the bank")
    runtime.install(SAMPLES / "notes-2", context="acme")
    runtime.promote("notes", "2.0.0", "stable", context="acme")
    for name in ("charts", "board", "hints", "timer"):
        runtime.install(SAMPLES / name, context="acme")


def take(program: str) -> None:
    with Runtime.in_memory(actor="ada", device="laptop") as runtime:
        prepare(runtime)
        with Server(web.app(runtime)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE)
            page.goto(server.url)
            for name, path in SHOWN.items():
                page.goto(f"{server.address}c/acme/{path}")
                page.screenshot(path=PICTURES / f"console-{name}.png")
            browser.close()


def main() -> int:
    program = shutil.which("chromium")
    if program is None:
        print("no Chromium is installed: apt-get install chromium", file=sys.stderr)
        return 1
    take(program)
    print(f"docs/pictures/console-*.png taken: {', '.join(SHOWN)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
