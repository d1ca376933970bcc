"""A project with two components, which were published or were not, to go back in."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from peers_runtime import Runtime
from tests.world import an_id, project

IDS = {name: an_id("notes", name) for name in ("Home", "Card", "List")}
HOME = "from notes import shared\nfrom notes.home import parts\ndef show(props, ctx):\n    return {!r}\n"
FILES: Mapping[str, str] = MappingProxyType(
    {
        "shared.py": "LINE = 1\n",
        "home/__init__.py": "",
        "home/screen.py": HOME.format("first"),
        "home/parts.py": "PART = 1\n",
        "home/logo.svg": "<svg/>",
        "card.py": "from notes import shared\ndef show(props, ctx):\n    return 'card'\n",
    }
)
LISTED: Mapping[str, str] = MappingProxyType(
    {
        "Home": "content='notes.home.screen:show', assets=('home/logo.svg',)",
        "Card": "content='notes.card:show'",
    }
)


def write(
    folder: Path,
    version: str = "1.0.0",
    files: Mapping[str, str | None] | None = None,
    listed: Mapping[str, str] = LISTED,
    head: str = "",
    **more: Any,
) -> Path:
    """The project anew, with other `files` than `FILES`, or without those that are None."""
    shutil.rmtree(folder, ignore_errors=True)
    uis = ", ".join(f"UI(peers_ui_id={IDS[each]!r}, name={each!r}, {said})" for each, said in listed.items())
    found = {
        **FILES,
        "uis.py": f"from peers_runtime import UI\n{head}\nuis = [{uis}]\n",
        **(files or {}),
    }
    return project(
        folder, "notes", version, {path: text for path, text in found.items() if text is not None}, **more
    )


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }


def text(folder: Path, path: str) -> str:
    return (folder / "notes" / path).read_text()


def states(runtime: Runtime, folder: Path) -> dict[str, tuple[str, int | None]]:
    return {one.name: (str(one.status), one.number) for one in runtime.components.list(folder)}


def packed_twice(runtime: Runtime, tmp_path: Path) -> Path:
    """A project of which Home was published as 1 and 2, and Card as 1."""
    folder = tmp_path / "notes"
    runtime.pack(write(folder), out=tmp_path)
    runtime.pack(write(folder, "1.1.0", {"home/screen.py": HOME.format("second")}), out=tmp_path)
    return folder
