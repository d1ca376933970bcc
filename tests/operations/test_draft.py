"""A draft is the package that a working copy would be made now; nothing is kept of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from peers_runtime import (
    BadWheel,
    CompilationError,
    DefinitionFailed,
    InvalidDefinition,
    InvalidSetting,
    InvalidVersion,
    LockOutdated,
    NoComponentsToPackage,
    NoPackageThere,
    PeersError,
    Runtime,
    SharedVersionMismatch,
    UnknownContext,
)
from peers_runtime.importing.finder import finder
from peers_runtime.model.packed import Draft, Packed
from tests.world import an_id, project, screen

SAMPLES = Path(__file__).parents[2] / "sample_packages"
BOUND = """
from peers_runtime import UI
uis = [UI(peers_ui_id={ui!r}, name="Home", content="notes.ui:home", assets={assets!r})]
"""


def notes(folder: Path, version: str = "1.0.0", assets: tuple[str, ...] = (), **more: Any) -> Path:
    uis = BOUND.format(ui=an_id("notes", "ui", "notes"), assets=assets)
    files = {**screen("notes", "notes", "1"), "uis.py": uis, **more.pop("files", {})}
    return project(folder, version=version, files=files, **more)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_what_packing_says(draft: Draft, packed: Packed) -> bool:
    manifest = packed.wheel.manifest
    reported = ("previous", "changes", "suggestion", "warnings")
    described = ("id", "name", "version", "components", "assets", "requires")
    return all(getattr(draft, one) == getattr(packed, one) for one in reported) and all(
        getattr(draft, one) == getattr(manifest, one) for one in described
    )


@pytest.mark.parametrize("sample", ["notes-2", "themes", "timer"])
def test_a_draft_is_what_a_dry_run_of_packing_says(runtime: Runtime, sample: str) -> None:
    dry = runtime.pack(SAMPLES / sample, dry_run=True)
    assert is_what_packing_says(runtime.draft(SAMPLES / sample), dry)


def test_a_draft_says_what_changed_since_the_release_as_packing_does(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(notes(tmp_path / "notes"))
    runtime.promote("notes", "1.0.0", "stable")
    source = notes(tmp_path / "notes", "1.0.1", files={"routes.py": "routes = []", ".env": ""})
    draft = runtime.draft(source)
    assert is_what_packing_says(draft, runtime.pack(source, dry_run=True))
    assert draft.previous == "1.0.0"
    assert draft.suggestion is not None
    assert draft.suggestion.reasons == ("the route notes is gone",)
    assert len(draft.warnings) == 2


def test_what_is_created_then_is_what_the_draft_was(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes", assets=("logo.svg",), files={"logo.svg": "<svg/>"})
    draft = runtime.draft(source)
    packed = runtime.pack(source, out=tmp_path / "dist")
    assert runtime.install(packed.path).snapshot_digest == draft.id
    resolved = runtime.resolved("notes")
    assert (resolved.components, resolved.assets) == (draft.components, draft.assets)


def test_bound_assets_come_with_their_url(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes", assets=("logo.svg",), files={"logo.svg": "<svg/>", "other.svg": ""})
    (asset,) = runtime.draft(source).assets
    assert (asset.name, asset.url) == ("logo.svg", "notes/logo.svg")
    assert asset.component_id == an_id("notes", "ui", "notes")
    (tmp_path / "notes" / "notes" / "logo.svg").unlink()
    with pytest.raises(InvalidDefinition, match=r"logo\.svg"):
        runtime.draft(source)


def test_a_draft_is_what_the_files_say_now(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes")
    first = runtime.draft(source)
    ui = source / "notes" / "ui.py"
    text = ui.read_text()
    ui.write_text(text.replace("'1'", "'2'"))  # as long as it was, and at once
    second = runtime.draft(source)
    assert second.id != first.id
    ui.write_text(text)
    assert runtime.draft(source) == first


def test_a_draft_stores_and_changes_nothing(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes")
    runtime.context()
    before = everything(tmp_path)
    runtime.draft(source)
    assert everything(tmp_path) == before
    assert not runtime.packages()
    assert finder().realms() == ()


@pytest.mark.parametrize(("version", "said"), [("1.0.0", "was released"), ("0.9.0", "is not above 1.0.0")])
def test_a_version_that_packing_would_refuse_is_a_warning(
    runtime: Runtime, tmp_path: Path, version: str, said: str
) -> None:
    runtime.install(notes(tmp_path / "first"))
    runtime.promote("notes", "1.0.0", "stable")
    source = notes(tmp_path / "second", version, files={"more.py": ""})
    with pytest.raises(PeersError, match=said):
        runtime.pack(source, dry_run=True)
    draft = runtime.draft(source)
    assert draft.previous == "1.0.0"
    assert [one.name for one in draft.changes if one.change == "added"] == ["notes/more.py"]
    assert draft.warnings[-1].startswith(f"peers pack would refuse it: notes {version} {said}")


def test_a_version_is_given_where_the_project_leaves_it_open(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes")
    text = (source / "pyproject.toml").read_text()
    (source / "pyproject.toml").write_text(text.replace('version = "1.0.0"', 'dynamic = ["version"]'))
    with pytest.raises(InvalidVersion, match="dynamic"):
        runtime.draft(source)
    assert runtime.draft(source, version="1.2.0").version == "1.2.0"


REFUSED: dict[str, tuple[type[PeersError], dict[str, Any], dict[str, Any]]] = {
    "private ones without a lock": (LockOutdated, {"more": '[tool.peers]\nprivate = ["semver"]'}, {}),
    "a library that the host lacks": (SharedVersionMismatch, {"dependencies": '["no-such-thing"]'}, {}),
    "code that does not compile": (CompilationError, {"files": {"unused.py": "def"}}, {}),
    "code that raises": (DefinitionFailed, {"files": {"uis.py": "1 / 0"}}, {}),
    "nothing that it contributes": (
        NoComponentsToPackage,
        {"files": {"uis.py": "uis = []", "routes.py": "routes = []"}},
        {},
    ),
    "a file name that not every system has": (BadWheel, {"files": {"aux.txt": ""}}, {}),
    "another version than the project's": (InvalidVersion, {}, {"version": "1.2.0"}),
    "a version that is none": (InvalidVersion, {}, {"version": "1.2"}),
    "a version that is no text": (InvalidSetting, {}, {"version": 1}),
    "a context that there is not": (UnknownContext, {}, {"context": "nowhere"}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_packing_refuses_has_no_draft(runtime: Runtime, tmp_path: Path, what: str) -> None:
    kind, made, asked = REFUSED[what]
    source = notes(tmp_path / "notes", **made)
    with pytest.raises(kind) as packing:
        runtime.pack(source, dry_run=True, **asked)
    with pytest.raises(kind) as drafting:
        runtime.draft(source, **asked)
    assert str(drafting.value) == str(packing.value)
    assert finder().realms() == ()


@pytest.mark.parametrize("path", ["", "nothing", None, b"notes", "notes.whl"])
def test_what_is_no_folder_has_no_draft(runtime: Runtime, path: Any) -> None:
    with pytest.raises(NoPackageThere) as caught:
        runtime.draft(path)
    assert caught.value.hint
