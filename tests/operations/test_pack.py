"""A folder becomes a wheel that installs as the same snapshot; dry, refused or failing, it leaves nothing."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from peers_runtime import (
    BadWheel,
    CompilationError,
    DefinitionFailed,
    InvalidSetting,
    InvalidVersion,
    LockOutdated,
    ManifestMismatch,
    NoComponentsToPackage,
    NoPackageThere,
    PackageVersionExists,
    Packed,
    PeersError,
    Runtime,
    SharedVersionMismatch,
    UnknownContext,
    VersionNotGreater,
    WheelNotWritten,
)
from peers_runtime.importing.finder import finder
from peers_runtime.projects import archive, record
from tests.world import an_id, project, screen

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_packages"


class Fault(Exception):
    """Raised where a step begins."""


def notes(folder: Path, version: str = "1.0.0", **more: Any) -> Path:
    files = {**screen("notes", "notes", version), **more.pop("files", {})}
    return project(folder, version=version, files=files, **more)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("sample", ["notes-1", "notes-2", "themes", "charts", "timer"])
def test_a_packed_wheel_installs_as_the_snapshot_of_its_folder(
    runtime: Runtime, tmp_path: Path, sample: str
) -> None:
    packed = runtime.pack(SAMPLES / sample, out=tmp_path)
    assert packed.path == str(tmp_path / packed.wheel.filename)
    assert packed.written
    from_folder = runtime.install(SAMPLES / sample, activate=False)
    with Runtime.open(tmp_path / "elsewhere") as other:
        from_wheel = other.install(packed.path)
        assert other.manifest(from_wheel.name).definition == packed.wheel.manifest.definition
    assert packed.wheel.manifest.id == from_folder.snapshot_digest == from_wheel.snapshot_digest
    assert runtime.look_into(packed.path) == packed.wheel


def test_what_is_installed_from_a_wheel_runs(runtime: Runtime, tmp_path: Path) -> None:
    packed = runtime.pack(notes(tmp_path / "notes"), out=tmp_path)
    runtime.install(packed.path)
    assert runtime.context().render("notes").content == "1.0.0"


def test_requirements_of_the_hosts_own_come_along(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(
        tmp_path / "notes", more='[tool.peers]\nshared = ["pluggy>=1.7"]', dependencies='["pydantic"]'
    )
    packed = runtime.pack(source, out=tmp_path)
    assert packed.wheel.manifest.requires.shared == ("pluggy>=1.7", "pydantic")
    assert runtime.install(packed.path).snapshot_digest == packed.wheel.manifest.id


def test_a_dry_run_says_what_then_happens_and_writes_nothing(runtime: Runtime, tmp_path: Path) -> None:
    source, out = notes(tmp_path / "notes"), tmp_path / "a" / "dist"
    runtime.context()
    before = everything(tmp_path)
    dry = runtime.pack(source, out=out, dry_run=True)
    assert everything(tmp_path) == before
    assert not out.parent.exists()
    done = runtime.pack(source, out=out)
    assert done == dry.model_copy(update={"written": True})
    assert (out / done.wheel.filename).stat().st_size == done.wheel.size
    outside = {path for path in everything(tmp_path) if not path.startswith(str(tmp_path / "home"))}
    assert outside - before.keys() == {done.path}


def test_packing_changes_nothing_of_the_project_and_of_what_is_active(
    runtime: Runtime, tmp_path: Path
) -> None:
    source = notes(tmp_path / "notes")
    runtime.install(source)
    versions, project_ = runtime.versions("notes"), everything(source)
    runtime.pack(source, out=tmp_path / "dist")
    assert runtime.versions("notes") == versions
    assert everything(source) == project_


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_version_is_packed_once_whatever_its_content(
    runtime: Runtime, tmp_path: Path, dry_run: bool
) -> None:
    source = notes(tmp_path / "notes")
    runtime.pack(source, out=tmp_path / "dist")
    before = everything(tmp_path)
    with pytest.raises(PackageVersionExists, match="packed in context 'personal'") as caught:
        runtime.pack(source, out=tmp_path / "elsewhere", dry_run=dry_run)
    assert caught.value.facts["version"] == "1.0.0"
    (source / "notes" / "more.py").write_text("")
    with pytest.raises(PackageVersionExists, match="packed in context 'personal'"):
        runtime.pack(source, out=tmp_path / "elsewhere", dry_run=dry_run)
    (source / "notes" / "more.py").unlink()
    assert everything(tmp_path) == before


def test_a_home_that_lost_what_it_knew_packs_the_same_bytes(runtime: Runtime, tmp_path: Path) -> None:
    source = notes(tmp_path / "notes")
    first = runtime.pack(source, out=tmp_path)
    with Runtime.open(tmp_path / "another") as another:
        again = another.pack(source, out=tmp_path)
    assert again == first.model_copy(update={"written": False})


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_wheel_with_other_content_stays(runtime: Runtime, tmp_path: Path, dry_run: bool) -> None:
    runtime.contexts.create("acme")
    packed = runtime.pack(notes(tmp_path / "notes"), out=tmp_path)
    before = Path(packed.path).read_bytes()
    (tmp_path / "notes" / "notes" / "more.py").write_text("")
    with pytest.raises(PackageVersionExists, match="is there already, with other content"):
        runtime.pack(tmp_path / "notes", out=tmp_path, context="acme", dry_run=dry_run)
    assert Path(packed.path).read_bytes() == before


# ── the release before ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def released(runtime: Runtime, tmp_path: Path) -> Callable[..., Packed]:
    """Pack a version of notes where 1.2.0, with one screen and a file `old.py`, was released."""
    base = notes(tmp_path / "1.2.0", "1.2.0", files={"old.py": ""})
    runtime.install(base)
    runtime.promote("notes", "1.2.0", "stable")

    def pack(version: str, files: Mapping[str, str] | None = None, **more: Any) -> Packed:
        source = project(
            tmp_path / version, version=version, files=files or screen("notes", "notes", "1.2.0")
        )
        return runtime.pack(source, out=tmp_path, **more)

    return pack


def test_what_changed_since_the_release_is_told(released: Callable[..., Packed]) -> None:
    packed = released("1.2.1")
    assert packed.previous == "1.2.0"
    assert [(one.kind, one.name, one.change) for one in packed.changes] == [
        ("file", "notes/old.py", "removed")
    ]
    assert packed.suggestion is not None
    assert (packed.suggestion.bump, packed.suggestion.version) == ("patch", "1.2.1")
    assert packed.warnings == ()


def test_a_version_that_is_not_far_enough_above_is_packed_with_a_warning(
    released: Callable[..., Packed],
) -> None:
    packed = released("1.2.1", screen("notes", "other", "1.2.1"))
    assert packed.written
    assert packed.suggestion is not None
    assert packed.suggestion.version == "2.0.0"
    assert "the route notes is gone" in packed.suggestion.reasons
    assert packed.warnings == ("1.2.1 is below 2.0.0, which the changes call for",)


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("version", ["1.1.9", "1.2.0-rc.1", "1.2.0+local", "0.9.0"])
def test_a_version_that_is_not_above_the_release_is_refused(
    released: Callable[..., Packed], tmp_path: Path, version: str, dry_run: bool
) -> None:
    with pytest.raises(VersionNotGreater, match=r"1\.2\.0") as caught:
        released(version, dry_run=dry_run)
    assert caught.value.facts["latest"] == "1.2.0"
    assert not list(tmp_path.glob("*.whl"))


def test_a_version_that_was_released_is_refused_whatever_its_content(
    released: Callable[..., Packed], runtime: Runtime, tmp_path: Path
) -> None:
    with pytest.raises(PackageVersionExists, match="stable"):
        runtime.pack(tmp_path / "1.2.0", out=tmp_path)
    with pytest.raises(PackageVersionExists, match="stable"):
        released("1.2.0")


def test_dev_versions_and_other_contexts_do_not_count(
    released: Callable[..., Packed], runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(notes(tmp_path / "9", "9.0.0"))
    assert released("1.2.1").previous == "1.2.0"
    runtime.contexts.create("acme")
    packed = released("1.1.0", context="acme")
    assert (packed.previous, packed.changes, packed.suggestion) == (None, (), None)


def test_a_yanked_release_is_above_but_nothing_is_compared_with_it(
    released: Callable[..., Packed], runtime: Runtime
) -> None:
    runtime.yank("notes", "1.2.0")
    with pytest.raises(VersionNotGreater):
        released("1.1.0")
    assert released("1.2.1").previous is None


def test_a_release_that_cannot_be_read_is_a_warning(
    released: Callable[..., Packed], runtime: Runtime
) -> None:
    digest = runtime.versions("notes")[0].snapshot_digest
    blob = runtime.home / "blobs" / digest[:2] / digest
    blob.chmod(0o644)
    blob.write_bytes(b"damaged")
    packed = released("1.2.1")
    assert packed.previous is None
    (warning,) = packed.warnings
    assert warning.startswith("what changed since 1.2.0 cannot be told")


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────

PRIVATE = '[tool.peers]\nprivate = ["semver"]'
NEEDS = '[tool.peers.dependencies]\nother = ">=1.0"'
REFUSED: Mapping[str, tuple[type[PeersError], dict[str, Any], dict[str, Any]]] = {
    "another version than the project's": (InvalidVersion, {}, {"version": "1.2.0"}),
    "a version that is none": (InvalidVersion, {}, {"version": "1.2"}),
    "a version that is no text": (InvalidSetting, {}, {"version": 1}),
    "private distributions without a lock": (LockOutdated, {"more": PRIVATE}, {}),
    "packages that it depends on without a lock": (LockOutdated, {"more": NEEDS}, {}),
    "a library that the host lacks": (SharedVersionMismatch, {"dependencies": '["no-such-thing"]'}, {}),
    "code that does not compile": (CompilationError, {"files": {"unused.py": "def"}}, {}),
    "code that raises": (DefinitionFailed, {"files": {"uis.py": "1 / 0"}}, {}),
    "a file name that not every system has": (BadWheel, {"files": {"aux.txt": ""}}, {}),
    "a context that there is not": (UnknownContext, {}, {"context": "nowhere"}),
    "a file where the folder should be": (WheelNotWritten, {}, {"out": "notes/pyproject.toml"}),
}


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_packed_is_refused_and_leaves_nothing(
    runtime: Runtime, tmp_path: Path, what: str, dry_run: bool
) -> None:
    kind, source, act = REFUSED[what]
    folder = notes(tmp_path / "notes", **source)
    runtime.context()
    before = everything(tmp_path)
    out = tmp_path / act.get("out", "dist")
    with pytest.raises(kind) as caught:
        runtime.pack(folder, **{**act, "out": out, "dry_run": dry_run})
    assert caught.value.hint
    assert everything(tmp_path) == before
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize("out", [1, None, b"dist", "a\0b", "\udcff"])
def test_what_is_no_folder_to_write_to_is_refused(runtime: Runtime, tmp_path: Path, out: Any) -> None:
    with pytest.raises(InvalidSetting, match="cannot be a folder"):
        runtime.pack(notes(tmp_path / "notes"), out=out)


def test_what_is_no_project_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    wheel = runtime.pack(notes(tmp_path / "notes"), out=tmp_path).path
    (tmp_path / "empty").mkdir()
    for path in (wheel, tmp_path / "nothing", tmp_path / "empty", "", "entry-point:notes"):
        with pytest.raises(NoPackageThere) as caught:
            runtime.pack(path, out=tmp_path)
        assert caught.value.hint


def test_a_package_that_contributes_nothing_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(NoComponentsToPackage):
        runtime.pack(project(tmp_path / "notes"), out=tmp_path)


# ── what a wheel says and its code does not ──────────────────────────────────────────────────────

DEPENDS = """
import os
from peers_runtime import UI
uis = [UI(peers_ui_id={ui!r}, name=os.environ.get("NAME_OF_UI", "Home"), content="notes.ui:home")]
"""


def test_a_wheel_whose_code_describes_another_package_is_refused(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = notes(tmp_path / "notes", files={"uis.py": DEPENDS.format(ui=an_id("notes", "ui", "notes"))})
    packed = runtime.pack(source, out=tmp_path)
    monkeypatch.setenv("NAME_OF_UI", "Evil")
    with pytest.raises(ManifestMismatch, match="other uis") as caught:
        runtime.install(packed.path)
    assert caught.value.facts["expected"] == packed.wheel.manifest.id
    assert not runtime.packages()


def test_a_wheel_in_which_a_file_was_exchanged_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    packed = runtime.pack(notes(tmp_path / "notes"), out=tmp_path)
    files = {**archive.read(packed.path), "notes/ui.py": b"def home(props, ctx):\n    return 'evil'\n"}
    Path(packed.path).write_bytes(archive.write(record.added(files)))
    with pytest.raises(BadWheel, match="manifest-differs"):
        runtime.install(packed.path)
    assert not runtime.packages()


# ── faults ───────────────────────────────────────────────────────────────────────────────────────

ROOMS = ("operations", "projects", "snapshots", "rules", "catalog.reader", "catalog.writer")
STEPS = tuple(f"peers_runtime.{room}" for room in ROOMS)


@contextmanager
def failing(number: int) -> Iterator[list[str]]:
    """Let the `number`-th call of a public function of ours raise; yields the names of those before it."""
    seen: list[str] = []
    thread = threading.get_ident()

    def watch(frame: FrameType, event: str, argument: object) -> None:
        name = frame.f_code.co_name
        module = frame.f_globals.get("__name__", "")
        if event != "call" or threading.get_ident() != thread or not module.startswith(STEPS):
            return
        if not name.startswith(("<", "_", "remove", "discard", "drop")):  # what takes a step back is no step
            seen.append(f"{module}.{name}")
            if len(seen) == number:
                raise Fault

    sys.setprofile(watch)
    try:
        yield seen
    finally:
        sys.setprofile(None)


def outside(folder: Path) -> dict[str, bytes]:
    """All files but those of the home, where bytes may lie that no record names."""
    return {path: data for path, data in everything(folder).items() if f"{folder}/home/" not in path}


def recorded(runtime: Runtime) -> str:
    """All that the catalog holds, as SQL."""
    with closing(sqlite3.connect(runtime.home / "catalog.sqlite")) as database:
        return "\n".join(database.iterdump())


@pytest.mark.slow
def test_a_fault_at_any_step_leaves_nothing(runtime: Runtime, tmp_path: Path) -> None:
    source, out = notes(tmp_path / "notes"), tmp_path / "a" / "dist"
    dry = runtime.pack(source, out=out, dry_run=True)
    before, known = outside(tmp_path), recorded(runtime)
    steps: list[str] = []
    number = 0
    while recorded(runtime) == known:  # a fault after the commit undoes nothing
        assert outside(tmp_path) == before, steps[-3:]
        assert not out.parent.exists(), steps[-3:]
        assert finder().realms() == (), steps[-3:]
        number += 1
        with failing(number) as seen:
            try:
                runtime.pack(source, out=out)
            except (Fault, PeersError):  # the latter when it came while the package's code ran
                pass
        steps += seen[-1:]
    assert os.path.isfile(dry.path)
    assert runtime.look_into(dry.path) == dry.wheel, "a number was used by what failed"
    assert {step.rpartition(".")[2] for step in steps} >= {
        *("authorise", "capture", "compile", "versions", "added", "write", "verify", "described"),
        *("known", "contents", "states", "numbered", "is_there", "add", "put_snapshot", "put_packed"),
        *("put", "put_new", "write_new", "sync_folder"),
    }
