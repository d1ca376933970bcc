"""A package of two components as a manifest and its files, for the rules about components."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from peers_runtime.base.canonical import digest
from peers_runtime.model.components import Publication
from peers_runtime.model.manifest import (
    Asset,
    Component,
    Definition,
    FileEntry,
    Manifest,
    ModuleEntry,
    UIData,
)

HOME = UIData(peers_ui_id="u1", name="Home", type="view", target="html", reference="notes.ui.home:render")
CARD = UIData(
    peers_ui_id="u2",
    name="Card",
    type="layout",
    target="html",
    reference="notes.ui.card:render",
    assets=("logo.svg",),
)
FILES: Mapping[str, str] = MappingProxyType(
    {
        "notes/__init__.py": "",
        "notes/package.py": "from notes import tools",
        "notes/tools.py": "from notes import store",
        "notes/store.py": "",
        "notes/uis.py": "from notes.ui.home import render",
        "notes/ui/__init__.py": "",
        "notes/ui/home.py": "from . import lines\nimport notes.deep.er",
        "notes/ui/lines.py": "import json",
        "notes/ui/card.py": "def render(props, ctx):\n    from ..deep import er",
        "notes/deep/er.py": "from notes.deep.est import *",
        "notes/deep/est.py": "from notes.deep import er",
        "notes/logo.svg": "<svg/>",
        "notes/readme.md": "",
    }
)


def manifest(files: Mapping[str, str] = FILES, uis: tuple[UIData, ...] = (HOME, CARD)) -> Manifest:
    modules = {name for path in files if path.endswith(".py") for name in _with_folders(path)}
    return Manifest(
        id=digest([dict(files), [ui.wire() for ui in uis]]),
        name="notes",
        version="1.0.0",
        files=tuple(
            FileEntry(path=path, digest=digest(text), size=len(text)) for path, text in files.items()
        ),
        modules=tuple(_module(name, files) for name in sorted(modules)),
        components=tuple(
            Component(id=each, name=ui.name, type=ui.type)
            for each, ui in {ui.peers_ui_id: ui for ui in uis}.items()
        ),
        assets=tuple(
            Asset(
                id=f"{ui.peers_ui_id}/{path}",
                name=path,
                url=f"notes/{path}",
                component_id=ui.peers_ui_id,
                digest=digest(files[f"notes/{path}"]),
                size=1,
                mime="text/plain",
            )
            for ui in uis
            for path in ui.assets
        ),
        definition=Definition(
            package_id="p1", reference="notes.package:package", uis_module="notes.uis", uis=uis
        ),
        created_at="2026-01-01",
        updated_at="2026-01-01",
    )


def publication(component: str = "u1", number: int = 1, **fields: Any) -> Publication:
    return Publication(
        **{
            "component_id": component,
            "number": number,
            "name": "Home",
            "type": "view",
            "content_digest": "1",
            "version": "1.0.0",
            "snapshot_digest": "2",
            "at": "2026-01-01",
            "by": "ada",
            **fields,
        }
    )


def _with_folders(path: str) -> list[str]:
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _module(name: str, files: Mapping[str, str]) -> ModuleEntry:
    base = name.replace(".", "/")
    path = next((one for one in (f"{base}/__init__.py", f"{base}.py") if one in files), None)
    return ModuleEntry(name=name, path=path, is_package=path != f"{base}.py")
