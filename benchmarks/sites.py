"""The packages of three modules as installed distributions, written as each reference wants them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from benchmarks import cache, packages


def index(count: int) -> Path:
    """One JSON file with all routes as objects; its first line is the SHA-256 of the rest."""
    return _index(f"index-{count}", json.dumps(_routes(count)))


def compact_index(count: int) -> Path:
    """The same with rows: package, version, path, category, priority, UI."""
    found = [list(route.values()) for route in _routes(count)]
    return _index(f"compact-{count}", json.dumps(found, separators=(",", ":")))


def plain(count: int) -> Path:
    """Entry points of the group `bench.routes` name the list in each routes module."""
    return _site(
        f"plain-{count}",
        count,
        lambda number: f"routes = {packages.routes(number)!r}\n",
        "[bench.routes]\n{name} = {name}.routes:routes\n",
    )


def pluggy(count: int) -> Path:
    """Entry points of the group `bench.plugins` name modules that implement a hook."""
    return _site(
        f"pluggy-{count}",
        count,
        lambda number: (
            "import pluggy\n\n\n"
            '@pluggy.HookimplMarker("bench")\n'
            "def routes():\n"
            f"    return {packages.routes(number)!r}\n"
        ),
        "[bench.plugins]\n{name} = {name}.routes\n",
    )


def npe2(count: int) -> Path:
    """A JSON manifest in each package; a route is a reader for a pattern."""

    def routes(number: int) -> str:
        return f"routes = {packages.routes(number)!r}\n"

    return _site(
        f"npe2-{count}", count, routes, "[napari.manifest]\n{name} = {name}:manifest.json\n", _manifest
    )


def _routes(count: int) -> list[dict[str, object]]:
    return [
        {"package": packages.name(number), "version": "1.0.0", **route}
        for number in range(count)
        for route in packages.routes(number)
    ]


def _index(name: str, text: str) -> Path:
    body = text.encode()
    data = hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    return cache.folder(name, lambda folder: (folder / "index.json").write_bytes(data)) / "index.json"


def _site(
    name: str,
    count: int,
    routes: Callable[[int], str],
    entry_points: str,
    manifest: Callable[[int], dict[str, object]] | None = None,
) -> Path:
    def make(site: Path) -> None:
        for number in range(count):
            own = packages.name(number)
            folder = site / own
            folder.mkdir()
            (folder / "__init__.py").write_text(f'"""Package {number}."""\n')
            (folder / "routes.py").write_text(routes(number))
            (folder / "uis.py").write_text(f'def render(props, ctx):\n    return "{own}"\n')
            if manifest is not None:
                (folder / "manifest.json").write_text(json.dumps(manifest(number)))
            about = site / f"{own}-1.0.0.dist-info"
            about.mkdir()
            (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {own}\nVersion: 1.0.0\n")
            (about / "entry_points.txt").write_text(entry_points.format(name=own))
            (about / "RECORD").write_text("")
            (about / "INSTALLER").write_text("bench\n")

    return cache.folder(name, make)


def _manifest(number: int) -> dict[str, object]:
    own = packages.name(number)
    return {
        "name": own,
        "display_name": own.title(),
        "contributions": {
            "commands": [
                {"id": f"{own}.ui_{route['ui']}", "title": "Show it", "python_name": f"{own}.uis:render"}
                for route in packages.routes(number)
            ],
            "readers": [
                {
                    "command": f"{own}.ui_{route['ui']}",
                    "filename_patterns": [str(route["path"]).replace("/", "-")],
                }
                for route in packages.routes(number)
            ],
        },
    }
