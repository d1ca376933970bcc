"""What a version says of itself stays the same, to the byte, whatever becomes of its working copy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from peers_runtime import PeersError, Runtime, UnknownPackage, UnknownVersion
from peers_runtime.model.wire import Record
from peers_runtime.operations import capture
from tests.world import an_id, project, screen

HOME, FRAME = an_id("notes", "ui", "notes"), an_id("notes", "ui", "frame")
UIS = """
from peers_runtime import UI
uis = [
    UI(peers_ui_id={home!r}, name="Home", content="notes.ui:home", assets={of_home!r}),
    UI(peers_ui_id={frame!r}, name="Frame", type="layout", content="notes.ui:home", assets={of_frame!r}),
]
"""
TOOLS = """
from pydantic import BaseModel
from peers_runtime import tool

class AddNote(BaseModel):
    title: str

@tool(tool_id={tool_id!r}, usage="Add a note")
def add_note(args: AddNote, ctx) -> None:
    pass
"""
CONTRACT = """
from notes.tools import add_note
pkg.contract({contract_id!r}, 1, "Notes").tools = [add_note]
"""
ABOUT = '[tool.peers]\nshared = ["pydantic>=2"]'


def write(
    folder: Path, version: str = "1.0.0", of_home: Any = ("a.svg",), of_frame: Any = ("b.svg",)
) -> Path:
    files = {
        **screen("notes", "notes", version),
        "uis.py": UIS.format(home=HOME, frame=FRAME, of_home=of_home, of_frame=of_frame),
        "tools.py": TOOLS.format(tool_id=an_id("tool")),
        "a.svg": "<svg/>",
        "b.svg": "<svg></svg>",
    }
    definition = CONTRACT.format(contract_id=an_id("contract"))
    return project(folder, version=version, files=files, definition=definition, more=ABOUT)


@pytest.fixture
def folder(runtime: Runtime, tmp_path: Path) -> Path:
    """The working copy of notes 1.0.0, which was released from it."""
    folder = write(tmp_path / "notes")
    runtime.install(folder)
    runtime.promote("notes", "1.0.0", "stable")
    return folder


def told(runtime: Runtime) -> str:
    """All that is said of 1.0.0, as JSON."""
    answers = [
        runtime.manifest("notes", version="1.0.0"),
        runtime.resolved("notes", "1.0.0"),
        runtime.resolved("notes", "1.0.0", include_dependencies=True),
    ]
    return json.dumps([one.wire() for one in answers])


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def drop_lines(path: Path, having: str) -> None:
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if having not in line))


EDITS: dict[str, Callable[[Path], object]] = {
    "its code is edited": lambda folder: replace(folder / "notes" / "ui.py", "1.0.0", "edited"),
    "an asset is edited": lambda folder: (folder / "notes" / "a.svg").write_text("<svg>edited</svg>"),
    "assets are bound to another component": lambda folder: write(folder, of_home=(), of_frame=("a.svg",)),
    "an asset is deleted": lambda folder: (
        write(folder, of_home=()),
        (folder / "notes" / "a.svg").unlink(),
    ),
    "a component is deleted": lambda folder: drop_lines(folder / "notes" / "uis.py", "Frame"),
    "its requirements change": lambda folder: replace(
        folder / "pyproject.toml", "pydantic>=2", 'pluggy>=1", "pydantic>=2.1'
    ),
    "its description changes": lambda folder: replace(
        folder / "pyproject.toml", "[project]", '[project]\ndescription = "Other"\nkeywords = ["x"]'
    ),
    "a module is added": lambda folder: (folder / "notes" / "more.py").write_text("x = 1\n"),
    "all of it is deleted": shutil.rmtree,
}


@pytest.mark.parametrize("what", EDITS)
def test_no_edit_of_the_working_copy_reaches_a_version(
    runtime: Runtime, folder: Path, tmp_path: Path, what: str
) -> None:
    before = told(runtime)
    EDITS[what](folder)
    assert told(runtime) == before
    for version in ("1.0.0", "1.1.0"):
        if folder.exists():
            replace(folder / "pyproject.toml", 'version = "1.0.0"', f'version = "{version}"')
            runtime.install(folder)
            assert told(runtime) == before
    if folder.exists():
        runtime.draft(folder)
        runtime.diff("notes@1.0.0", folder)
        runtime.promote("notes", "1.1.0", "stable")
        runtime.yank("notes", "1.1.0")
    assert told(runtime) == before
    with Runtime.open(runtime.home) as other:
        assert told(other) == before


def test_no_answer_leads_to_what_is_stored(runtime: Runtime, folder: Path) -> None:
    before = told(runtime)
    for answer in (
        lambda: runtime.manifest("notes", version="1.0.0"),
        lambda: runtime.resolved("notes", "1.0.0", include_dependencies=True),
        lambda: runtime.draft(folder),
        lambda: runtime.diff("notes@1.0.0", folder),
        lambda: runtime.versions("notes")[0],
    ):
        mutated = list(mutate(answer()))
        assert mutated
        assert told(runtime) == before
    runtime.activate("notes", "1.0.0")
    assert runtime.context().render("notes").content == "1.0.0"


def test_an_answer_is_not_what_the_dev_loop_works_with(runtime: Runtime, folder: Path) -> None:
    captured = capture.capture(runtime.services, folder)
    held = runtime.services.snapshots.draft(captured.source, captured.manifest)
    before = told(runtime)
    list(mutate(runtime.manifest("notes", version="1.0.0")))
    assert told(runtime) == before
    assert held.manifest is captured.manifest
    assert captured.manifest.definition.tools[0].input_schema


def mutate(found: Any) -> Iterator[str]:
    """Change whatever can be changed; names the fields that refused."""
    if isinstance(found, Record):
        for name in type(found).model_fields:
            value = getattr(found, name)
            with pytest.raises(ValidationError, match="frozen"):
                setattr(found, name, value)
            with pytest.raises(ValidationError, match="frozen"):
                delattr(found, name)
            yield name
            yield from mutate(value)
    elif isinstance(found, dict):
        for value in list(found.values()):
            yield from mutate(value)
        found.clear()
    elif isinstance(found, list | tuple):
        for value in found:
            yield from mutate(value)


def test_a_yank_is_when_a_version_was_updated_last(runtime: Runtime, folder: Path) -> None:
    before = runtime.manifest("notes", version="1.0.0")
    runtime.yank("notes", "1.0.0")
    after = runtime.manifest("notes", version="1.0.0")
    assert after.updated_at == runtime.versions("notes")[0].history[-1].at > before.updated_at
    assert after.model_copy(update={"updated_at": before.updated_at}) == before
    assert after.created_at == before.created_at


# ── resolved ─────────────────────────────────────────────────────────────────────────────────────


def test_a_version_resolves_to_its_components_and_assets(runtime: Runtime, folder: Path) -> None:
    version = runtime.versions("notes")[0]
    data = runtime.resolved("notes", "1.0.0").wire()
    assert data.keys() == {"id", "version", "components", "assets"}
    assert (data["id"], data["version"]) == (version.snapshot_digest, "1.0.0")
    assert {(one["name"], one["type"]) for one in data["components"]} == {
        ("Home", "view"),
        ("Frame", "layout"),
    }
    assert {(one["name"], one["url"], one["componentId"]) for one in data["assets"]} == {
        ("a.svg", "notes/a.svg", HOME),
        ("b.svg", "notes/b.svg", FRAME),
    }


def test_dependencies_are_there_when_they_are_asked_for(runtime: Runtime, folder: Path) -> None:
    asked = runtime.resolved("notes", "1.0.0", include_dependencies=True).wire()
    assert asked == {**runtime.resolved("notes", "1.0.0").wire(), "dependencies": {}}


def test_without_a_version_the_active_one_is_resolved(runtime: Runtime, folder: Path) -> None:
    runtime.install(write(folder, "1.1.0", of_home=()))
    assert runtime.resolved("notes").version == "1.1.0"
    assert [one.name for one in runtime.resolved("notes").assets] == ["b.svg"]
    assert runtime.resolved("notes", "1.0.0").version == "1.0.0"


@pytest.mark.parametrize(
    ("name", "version", "kind"), [("note", "1.0.0", UnknownPackage), ("notes", "9.9.9", UnknownVersion)]
)
def test_what_there_is_not_does_not_resolve(
    runtime: Runtime, folder: Path, name: str, version: str, kind: type[PeersError]
) -> None:
    with pytest.raises(kind) as caught:
        runtime.resolved(name, version)
    assert caught.value.hint
