"""Two versions are compared wherever they are: released, in development, packed, or not stored at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import (
    BadWheel,
    DamagedBytes,
    DifferentPackages,
    InvalidVersion,
    NoPackageThere,
    PeersError,
    Runtime,
    UnknownContext,
    UnknownPackage,
    UnknownVersion,
)
from peers_runtime.importing.finder import finder
from peers_runtime.projects import archive, record
from tests.world import an_id, project, screen

TOOL = """
from pydantic import BaseModel
from peers_runtime import tool

class AddNote(BaseModel):
    title: {kind}

@tool(tool_id={tool_id!r}, usage="Add a note")
def add_note(args: AddNote, ctx) -> None:
    pass
"""
CONTRACT = """
from notes.tools import add_note
pkg.contract({contract_id!r}, 1, "Notes").tools = [add_note]
"""


def notes(folder: Path, version: str = "1.0.0", path: str = "notes", **more: Any) -> Path:
    files = {**screen("notes", path, version), **more.pop("files", {})}
    return project(folder, version=version, files=files, **more)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def ways(runtime: Runtime, tmp_path: Path) -> dict[str, str | Path]:
    """What names version 1.0.0, by how."""
    folder = notes(tmp_path / "first")
    version = runtime.install(folder)
    packed = runtime.pack(folder, out=tmp_path)
    return {
        "name and version": "notes@1.0.0",
        "package id and version": f"{version.package_id}@1.0.0",
        "name, version and device": f"notes@1.0.0@{runtime.device}",
        "name and row": f"notes@{version.package_version_id}",
        "digest": version.snapshot_digest,
        "twelve characters of it": version.snapshot_digest[:12],
        "folder": folder,
        "folder as text": str(folder),
        "packed wheel": packed.path,
    }


HOWS = (
    *("name and version", "package id and version", "name, version and device", "name and row", "digest"),
    *("twelve characters of it", "folder", "folder as text", "packed wheel"),
)


@pytest.mark.parametrize("how", HOWS)
def test_a_version_is_compared_however_it_is_named(
    runtime: Runtime, ways: dict[str, str | Path], tmp_path: Path, how: str
) -> None:
    second = notes(tmp_path / "second", "1.1.0", "other", files={"more.py": "x = 1\n"})
    found = runtime.diff(ways[how], second)
    assert (found.before.version, found.after.version) == ("1.0.0", "1.1.0")
    assert {(one.kind, one.name, one.change) for one in found.changes if one.kind != "file"} == {
        ("route", "notes", "removed"),
        ("route", "other", "added"),
        ("UI", "Home", "removed"),
        ("UI", "Home", "added"),
    }
    assert (found.suggestion.bump, found.suggestion.version) == ("major", "2.0.0")
    assert found == runtime.diff(ways["folder"], second)
    back = runtime.diff(second, ways[how])
    assert (back.before, back.after) == (found.after, found.before)


@pytest.mark.parametrize("how", HOWS)
def test_a_version_does_not_differ_from_itself(
    runtime: Runtime, ways: dict[str, str | Path], how: str
) -> None:
    found = runtime.diff(ways[how], ways["folder"])
    assert found.changes == ()
    assert found.before == found.after


def test_a_plain_wheel_is_read(runtime: Runtime, tmp_path: Path) -> None:
    packed = runtime.pack(notes(tmp_path / "notes"), out=tmp_path)
    files = archive.read(packed.path)
    plain = {name: files[name] for name in files if not name.endswith(("peers.json", "RECORD"))}
    Path(packed.path).write_bytes(archive.write(record.added(plain)))
    assert runtime.diff(packed.path, tmp_path / "notes").changes == ()


def test_files_are_told_with_their_sizes(runtime: Runtime, tmp_path: Path) -> None:
    first = notes(tmp_path / "first", files={"a.py": "1", "b.txt": "1234", "same.py": ""})
    second = notes(tmp_path / "second", files={"b.txt": "123456", "c.py": "12", "same.py": ""})
    assert [
        (one.name, one.change, one.size_before, one.size_after) for one in runtime.diff(first, second).changes
    ] == [
        ("notes/a.py", "removed", 1, None),
        ("notes/b.txt", "changed", 4, 6),
        ("notes/c.py", "added", None, 2),
    ]


def test_what_consumers_of_a_contract_lose_is_told_with_its_path(runtime: Runtime, tmp_path: Path) -> None:
    ids = {"tool_id": an_id("tool"), "contract_id": an_id("contract")}

    def version(kind: str) -> Path:
        tools = TOOL.format(kind=kind, **ids)
        return notes(tmp_path / kind, files={"tools.py": tools}, definition=CONTRACT.format(**ids))

    found = runtime.diff(version("str"), version("int"))
    assert found.suggestion.bump == "major"
    assert found.suggestion.reasons == (
        "the contract Notes (version 1): tool add_note: argument title: was string, is integer",
    )
    wider = runtime.diff(version("int"), version("float"))
    assert wider.suggestion.bump == "minor"


def test_what_the_host_must_have_newly_is_told(runtime: Runtime, tmp_path: Path) -> None:
    first = notes(tmp_path / "first", dependencies='["pydantic>=2"]')
    second = notes(tmp_path / "second", dependencies='["pydantic>=2.1", "pluggy"]')
    assert runtime.diff(first, second).suggestion.reasons == (
        "the host newly needs pluggy",
        "the host newly needs pydantic>=2.1",
    )
    assert runtime.diff(second, first).suggestion.bump == "patch"


def test_what_the_working_copy_says_now_is_compared(runtime: Runtime, tmp_path: Path) -> None:
    folder = notes(tmp_path / "notes")
    runtime.install(folder)
    assert runtime.diff("notes@1.0.0", folder).changes == ()
    (folder / "notes" / "more.py").write_text("")
    assert [one.name for one in runtime.diff("notes@1.0.0", folder).changes] == ["notes/more.py"]
    (folder / "notes" / "more.py").unlink()
    assert runtime.diff("notes@1.0.0", folder).changes == ()


def test_comparing_stores_and_changes_nothing(
    runtime: Runtime, ways: dict[str, str | Path], tmp_path: Path
) -> None:
    second = notes(tmp_path / "second", "1.1.0")
    runtime.diff(second, second)
    before = everything(tmp_path)
    for way in ways.values():
        runtime.diff(way, second)
    assert everything(tmp_path) == before
    assert [one.version for one in runtime.versions("notes")] == ["1.0.0"]


RUNS = """
import os
from pathlib import Path
from peers_runtime import UI
Path(os.environ["RAN"]).touch()
uis = [UI(peers_ui_id={ui!r}, name="Home", content="notes.ui:home")]
"""


def test_no_code_of_a_packed_wheel_runs(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    monkeypatch.setenv("RAN", str(ran))
    uis = RUNS.format(ui=an_id("notes", "ui", "notes"))
    packed = runtime.pack(notes(tmp_path / "notes", files={"uis.py": uis}), out=tmp_path)
    ran.unlink()
    runtime.diff(packed.path, packed.path)
    assert not ran.exists()
    runtime.diff(packed.path, tmp_path / "notes")
    assert ran.exists()


def test_a_packed_wheel_that_lies_of_its_files_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    folder = notes(tmp_path / "notes")
    packed = runtime.pack(folder, out=tmp_path)
    files = {**archive.read(packed.path), "notes/uis.py": b"raise SystemError\n"}
    Path(packed.path).write_bytes(archive.write(record.added(files)))
    with pytest.raises(BadWheel, match="manifest-differs"):
        runtime.diff(folder, packed.path)


def test_two_packages_are_not_compared(runtime: Runtime, tmp_path: Path) -> None:
    other = project(tmp_path / "themes", "themes", files=screen("themes", "themes", "1"))
    with pytest.raises(DifferentPackages, match=an_id("themes")) as caught:
        runtime.diff(notes(tmp_path / "notes"), other)
    assert caught.value.hint


def test_a_context_sees_its_own_versions_only(runtime: Runtime, ways: dict[str, str | Path]) -> None:
    runtime.contexts.create("acme")
    for how, kind in (("name and version", UnknownPackage), ("digest", UnknownVersion)):
        with pytest.raises(kind, match="acme"):
            runtime.diff(ways[how], ways["folder"], context="acme")


def test_a_beginning_that_two_snapshots_have_names_neither(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.install(notes(tmp_path / "notes"))
    rows = runtime.versions("notes")
    twins = [one.model_copy(update={"snapshot_digest": "a" * 63 + end}) for one in rows for end in "bc"]
    reader = "peers_runtime.catalog.reader.Reader.versions"
    monkeypatch.setattr(reader, lambda *_: twins)
    with pytest.raises(UnknownVersion, match=r"2 snapshots.* begins with a{20} \[") as caught:
        runtime.diff("a" * 20, tmp_path / "notes")
    assert caught.value.facts["known"] == ["a" * 63 + "b", "a" * 63 + "c"]


WRONG: dict[str, tuple[type[PeersError], object]] = {
    "a package that is not installed": (UnknownPackage, "nothing@1.0.0"),
    "a version that there is not": (UnknownVersion, "notes@9.9.9"),
    "no version": (NoPackageThere, "notes@"),
    "a name alone": (NoPackageThere, "notes"),
    "a digest that there is not": (UnknownVersion, "0123456789ab"),
    "too little of a digest": (NoPackageThere, "0123456789a"),
    "nothing": (NoPackageThere, ""),
    "None": (NoPackageThere, None),
    "bytes": (NoPackageThere, b"notes"),
    "a name that no file has": (NoPackageThere, "a\0b"),
    "a name that is no text": (UnknownPackage, "\udcff@1.0.0"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_names_no_version_is_refused(runtime: Runtime, tmp_path: Path, what: str) -> None:
    folder = notes(tmp_path / "notes")
    runtime.install(folder)
    kind, given = WRONG[what]
    sides: list[Callable[[], object]] = [
        lambda: runtime.diff(given, folder),  # type: ignore[arg-type]  # what is no path, on purpose
        lambda: runtime.diff(folder, given),  # type: ignore[arg-type]  # see above
    ]
    for side in sides:
        with pytest.raises(kind) as caught:
            side()
        assert caught.value.hint
    assert all(str(one.version) == "1.0.0" for one in runtime.versions("notes"))


def test_a_context_that_there_is_not_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(UnknownContext):
        runtime.diff(tmp_path, tmp_path, context="nowhere")


def test_a_folder_that_leaves_its_version_open_cannot_be_compared(runtime: Runtime, tmp_path: Path) -> None:
    folder = notes(tmp_path / "notes")
    text = (folder / "pyproject.toml").read_text()
    (folder / "pyproject.toml").write_text(text.replace('version = "1.0.0"', 'dynamic = ["version"]'))
    with pytest.raises(InvalidVersion, match="dynamic"):
        runtime.diff(folder, folder)


def test_a_damaged_snapshot_is_no_answer(runtime: Runtime, ways: dict[str, str | Path]) -> None:
    digest = str(ways["digest"])
    blob = runtime.home / "blobs" / digest[:2] / digest
    blob.chmod(0o644)
    blob.write_bytes(b"damaged")
    with pytest.raises(DamagedBytes):
        runtime.diff("notes@1.0.0", ways["folder"])


def test_no_realm_is_left(runtime: Runtime, tmp_path: Path) -> None:
    folder = notes(tmp_path / "notes")
    runtime.diff(folder, folder)
    with pytest.raises(PeersError):
        runtime.diff(folder, notes(tmp_path / "other", files={"uis.py": "1 / 0"}))
    assert finder().realms() == ()
