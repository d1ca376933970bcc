"""A console without a socket, and packages for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient
from starlette.types import ASGIApp

from peers_runtime import Runtime
from peers_runtime.web.console import Console
from tests.world import an_id, project

SAMPLES = Path(__file__).parents[2] / "sample_packages"
HOST = "testserver"  # what Starlette's client calls itself
ORIGIN = {"origin": f"http://{HOST}"}


def browser(console: ASGIApp, **more: Any) -> TestClient:
    """One that has not been there yet."""
    client = TestClient(console, **{"follow_redirects": True, **more})
    client.headers["accept"] = "text/html"
    return client


def entered(console: Console, base: str = "") -> TestClient:
    """A browser that has opened the address with the token."""
    client = browser(console, root_path=base)
    assert client.get(f"{base}/?token={console.token}").status_code == 200
    return client


def fields(html: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: unescape(value) for name, value in found}


def cells(html: str) -> str:
    """A page whose tables' cells have no attributes."""
    return re.sub(r"<(t[dh]) [^>]*>", r"<\1>", html)


def form_token(html: str) -> str:
    found = re.search(r'data-form-token="([^"]+)"', html)
    assert found is not None
    return found[1]


def confirm(client: TestClient, address: str, changed: Mapping[str, str] = {}):
    """Open a preview, and send its form."""
    preview = client.get(address)
    assert preview.status_code == 200, preview.text
    return client.post(address.partition("?")[0], data={**fields(preview.text), **changed}, headers=ORIGIN)


def shown(
    folder: Path, name: str, code: str, *, target: str = "html", version: str = "1.0.0", **more
) -> Path:
    """A project with one screen, whose path is its name, made by `render` in `code`."""
    ui = an_id(name, "ui")
    content = more.pop("content", f"{name}.ui:render")
    files = {
        "routes.py": "from peers_runtime import Route\n"
        f"routes = [Route(peers_ui_id={ui!r}, path={name!r})]\n",
        "uis.py": f"from peers_runtime import UI\nuis = [UI(peers_ui_id={ui!r}, name='Home', "
        f"content={content!r}, target={target!r}, assets={more.pop('assets', [])!r})]\n",
        "ui.py": code,
        **more.pop("files", {}),
    }
    return project(folder, name, version, files, **more)


def active(runtime: Runtime, name: str, context: str = "acme") -> str | None:
    version = runtime.resolve(name, context).version
    return None if version is None else version.version
