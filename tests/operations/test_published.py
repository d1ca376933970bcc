"""Packing publishes components: their numbers go on from package to package, in each context for itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import (
    CompilationError,
    InvalidSetting,
    NoPackageThere,
    PackageVersionExists,
    Packed,
    Role,
    RoleTooLow,
    Runtime,
    UnknownVersion,
    VersionNotGreater,
    WheelNotWritten,
)
from peers_runtime.operations import pack as packing
from peers_runtime.operations.prune import prune
from peers_runtime.projects import wheel_files
from tests.world import an_id, project

HOME, CARD, LIST = (an_id("notes", name) for name in ("Home", "Card", "List"))
NAMES = {HOME: "Home", CARD: "Card", LIST: "List"}
PACK = """
import sys
from peers_runtime import PackageVersionExists, Runtime
with Runtime.open(sys.argv[1]) as runtime:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        print(runtime.pack(sys.argv[2], out=sys.argv[3]).written)
    except PackageVersionExists:
        print("exists")
"""


def notes(folder: Path, version: str, **shows: str) -> Path:
    """A project with a component for each of `shows` in a module of its own, which import another one."""
    uis = [
        f"UI(peers_ui_id={id_!r}, name={name!r}, content='notes.{name.lower()}:show')"
        for id_, name in NAMES.items()
        if name in shows
    ]
    files = {
        "uis.py": f"from peers_runtime import UI\nuis = [{', '.join(uis)}]\n",
        "shared.py": "",
        "readme.md": version,
        **{
            f"{name.lower()}.py": f"from notes import shared\ndef show(props, ctx):\n    return {text!r}\n"
            for name, text in shows.items()
        },
    }
    shutil.rmtree(folder, ignore_errors=True)
    return project(folder, version=version, files=files)


def packed(runtime: Runtime, folder: Path, version: str, shows: dict[str, str], **more: Any) -> Packed:
    return runtime.pack(notes(folder / "notes", version, **shows), out=folder / "dist", **more)


def numbers(answer: Packed) -> dict[str, int | None]:
    return {one.name: one.version for one in answer.wheel.manifest.components}


def test_drafts_get_one_what_is_modified_the_next_and_what_is_unchanged_none(
    runtime: Runtime, tmp_path: Path
) -> None:
    first = packed(runtime, tmp_path, "1.0.0", {"Home": "1", "Card": "1"})
    assert numbers(first) == {"Home": 1, "Card": 1}
    assert first.component_changes.added == tuple(sorted((HOME, CARD)))
    assert first.status_changes.draft == tuple(sorted((HOME, CARD)))
    assert {each: (one.from_, one.to) for each, one in first.version_increments.items()} == {
        HOME: (None, 1),
        CARD: (None, 1),
    }
    second = packed(runtime, tmp_path, "1.1.0", {"Home": "2", "Card": "1", "List": "1"})
    assert numbers(second) == {"Home": 2, "Card": 1, "List": 1}
    assert second.previous == "1.0.0"
    assert second.component_changes.model_dump() == {"added": (LIST,), "updated": (HOME,), "deleted": ()}
    assert second.status_changes.model_dump() == {
        "draft": (LIST,),
        "modified": (HOME,),
        "published": (CARD,),
    }
    assert second.wire()["versionIncrements"] == {HOME: {"from": 1, "to": 2}, LIST: {"to": 1}}


def test_a_component_that_comes_back_goes_on_from_its_last_number(runtime: Runtime, tmp_path: Path) -> None:
    packed(runtime, tmp_path, "1.0.0", {"Home": "1", "Card": "1"})
    gone = packed(runtime, tmp_path, "2.0.0", {"Home": "1"})
    assert gone.component_changes.deleted == (CARD,)
    assert gone.version_increments == {}
    assert numbers(packed(runtime, tmp_path, "2.1.0", {"Home": "1", "Card": "2"})) == {"Home": 1, "Card": 2}
    packed(runtime, tmp_path, "3.0.0", {"Home": "1"})
    assert numbers(packed(runtime, tmp_path, "3.1.0", {"Home": "1", "Card": "2"})) == {"Home": 1, "Card": 2}


def test_a_shared_module_modifies_all_that_import_it(runtime: Runtime, tmp_path: Path) -> None:
    packed(runtime, tmp_path, "1.0.0", {"Home": "1", "Card": "1"})
    source = notes(tmp_path / "notes", "1.0.1", Home="1", Card="1")
    (source / "notes" / "shared.py").write_text("# changed")
    assert numbers(runtime.pack(source, out=tmp_path / "dist")) == {"Home": 2, "Card": 2}


def test_a_dry_run_uses_no_number_and_has_the_same_id(runtime: Runtime, tmp_path: Path) -> None:
    packed(runtime, tmp_path, "1.0.0", {"Home": "1"})
    dry = [packed(runtime, tmp_path, "1.0.1", {"Home": "2"}, dry_run=True) for _ in range(2)]
    done = packed(runtime, tmp_path, "1.0.1", {"Home": "2"})
    assert dry == [done.model_copy(update={"written": False})] * 2
    assert numbers(done) == {"Home": 2}


def test_what_fails_uses_no_number(runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(runtime, tmp_path, "1.0.0", {"Home": "1"})
    source = notes(tmp_path / "notes", "1.0.1", Home="2")
    (source / "notes" / "broken.py").write_text("def")
    with pytest.raises(CompilationError):
        runtime.pack(source, out=tmp_path / "dist")
    (source / "notes" / "broken.py").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(wheel_files, "put", _full)
        with pytest.raises(WheelNotWritten):
            runtime.pack(source, out=tmp_path / "dist")
    with runtime.services.catalog.read() as reader:
        assert [one.version for one in reader.packed("personal")] == ["1.0.0"]
        assert [one.number for one in reader.publications("personal", an_id("notes"))] == [1]
    assert numbers(runtime.pack(source, out=tmp_path / "dist")) == {"Home": 2}


def _full(*_: object) -> bool:
    raise WheelNotWritten("no space", hint="free some")


def test_each_context_counts_for_itself(runtime: Runtime, tmp_path: Path) -> None:
    runtime.contexts.create("acme")
    packed(runtime, tmp_path, "1.0.0", {"Home": "1"})
    packed(runtime, tmp_path, "1.0.1", {"Home": "2"})
    assert numbers(packed(runtime, tmp_path, "1.0.2", {"Home": "3"}, context="acme")) == {"Home": 1}
    with pytest.raises(VersionNotGreater):
        packed(runtime, tmp_path, "1.0.0", {"Home": "1"}, context="acme")


def test_packing_takes_a_writer(runtime: Runtime, tmp_path: Path) -> None:
    runtime.contexts.create("acme")
    runtime.members.set("acme", "rita", Role.READER)
    for dry_run in (True, False):
        with pytest.raises(RoleTooLow, match="pack a package"):
            packed(runtime, tmp_path, "1.0.0", {"Home": "1"}, context="acme", actor="rita", dry_run=dry_run)
    runtime.members.set("acme", "rita", Role.WRITER)
    assert packed(runtime, tmp_path, "1.0.0", {"Home": "1"}, context="acme", actor="rita").written


# ── a package from elsewhere ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def elsewhere(tmp_path: Path) -> Packed:
    """notes 1.0.2 as another home has packed it, where Home has the number 3 and Card 1."""
    with Runtime.open(tmp_path / "elsewhere" / "home") as other:
        for version, home in (("1.0.0", "1"), ("1.0.1", "2"), ("1.0.2", "3")):
            made = packed(other, tmp_path / "elsewhere", version, {"Home": home, "Card": "1"})
    assert numbers(made) == {"Home": 3, "Card": 1}
    return made


@pytest.mark.parametrize("has_it_from_a_folder", [True, False])
def test_what_is_imported_keeps_its_numbers(
    runtime: Runtime, tmp_path: Path, elsewhere: Packed, has_it_from_a_folder: bool
) -> None:
    if has_it_from_a_folder:
        runtime.install(tmp_path / "elsewhere" / "notes")
        assert {one.version for one in runtime.manifest("notes").components} == {None}
    runtime.install(elsewhere.path)
    assert runtime.manifest("notes").components == elsewhere.wheel.manifest.components
    assert runtime.manifest("notes").id == elsewhere.wheel.manifest.id


def test_numbers_go_on_from_the_wheel_before(runtime: Runtime, tmp_path: Path, elsewhere: Packed) -> None:
    shows = {"Home": "4", "Card": "1"}
    answer = packed(runtime, tmp_path, "1.0.3", shows, previous=elsewhere.path)
    assert numbers(answer) == {"Home": 4, "Card": 1}
    assert answer.previous == "1.0.2"
    again = packed(runtime, tmp_path, "1.0.4", {"Home": "5", "Card": "2"})
    assert numbers(again) == {"Home": 5, "Card": 2}


def test_numbers_go_on_from_the_release_of_the_context(
    runtime: Runtime, tmp_path: Path, elsewhere: Packed
) -> None:
    runtime.install(elsewhere.path)
    runtime.promote("notes", "1.0.2", "stable")
    answer = packed(runtime, tmp_path, "1.0.3", {"Home": "4", "Card": "1"})
    assert (answer.previous, numbers(answer)) == ("1.0.2", {"Home": 4, "Card": 1})


def test_the_version_before_can_be_named(runtime: Runtime, tmp_path: Path, elsewhere: Packed) -> None:
    runtime.install(elsewhere.path)
    shows = {"Home": "4", "Card": "1"}
    assert numbers(packed(runtime, tmp_path, "1.0.3", shows, dry_run=True)) == {"Home": 1, "Card": 1}
    for name in ("notes", an_id("notes")):
        answer = packed(runtime, tmp_path, "1.0.3", shows, previous=f"{name}@1.0.2", dry_run=True)
        assert (answer.previous, numbers(answer)) == ("1.0.2", {"Home": 4, "Card": 1})


def test_numbers_of_the_context_never_fall(runtime: Runtime, tmp_path: Path) -> None:
    for version, home in (("1.0.0", "1"), ("1.0.1", "2"), ("1.0.2", "3")):
        packed(runtime, tmp_path, version, {"Home": home})
    answer = packed(runtime, tmp_path, "1.0.3", {"Home": "1"}, previous="notes@1.0.0")
    assert (answer.previous, answer.component_changes.updated) == ("1.0.0", ())
    assert numbers(answer) == {"Home": 4}


def test_a_number_of_the_context_is_no_other_content(
    runtime: Runtime, tmp_path: Path, elsewhere: Packed
) -> None:
    for version, home in (("0.1.0", "a"), ("0.1.1", "b"), ("0.1.2", "c")):
        packed(runtime, tmp_path, version, {"Home": home})
    answer = packed(runtime, tmp_path, "1.0.3", {"Home": "3"}, previous=elsewhere.path)
    assert numbers(answer) == {"Home": 4}


def test_what_is_no_version_before_is_refused(runtime: Runtime, tmp_path: Path, elsewhere: Packed) -> None:
    other = runtime.pack(
        project(tmp_path / "other", "other", files={"uis.py": _one_ui("other")}), out=tmp_path
    )
    source = notes(tmp_path / "notes", "1.0.3", Home="1")
    for previous, kind in (
        ("notes@1.0.7", UnknownVersion),
        ("notes", InvalidSetting),
        ("other@1.0.0", InvalidSetting),
        (other.path, InvalidSetting),
        (tmp_path / "nothing.whl", NoPackageThere),
        (tmp_path, InvalidSetting),
        ("", InvalidSetting),
        (7, InvalidSetting),
    ):
        with pytest.raises(kind) as caught:
            runtime.pack(source, out=tmp_path, previous=previous)
        assert caught.value.hint
    with pytest.raises(VersionNotGreater, match="the version before it"):
        packed(runtime, tmp_path, "1.0.2", {"Home": "1"}, previous=elsewhere.path)
    assert not list(tmp_path.glob("notes*.whl"))


def _one_ui(name: str) -> str:
    ui = an_id(name, "ui")
    return f"from peers_runtime import UI\nuis = [UI(peers_ui_id={ui!r}, name='A', content='{name}.uis:a')]\n"


# ── kept ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_packed_is_never_given_up(runtime: Runtime, tmp_path: Path) -> None:
    answer = packed(runtime, tmp_path, "1.0.0", {"Home": "1"})
    runtime.install(answer.path)
    runtime.install(notes(tmp_path / "notes", "1.0.1", Home="2"))
    dev = runtime.versions("notes")[0].snapshot_digest
    runtime.uninstall("notes")
    runtime.drain()
    for path in (runtime.home / "blobs").rglob("*"):
        os.utime(path, (0, 0))
    assert [one.digest for one in prune(runtime.services)] == [dev]
    assert runtime.services.snapshots.source(answer.wheel.manifest.id, "notes/home.py")
    assert numbers(packed(runtime, tmp_path, "1.0.1", {"Home": "2"})) == {"Home": 2}


# ── at once ──────────────────────────────────────────────────────────────────────────────────────


def test_of_two_threads_that_pack_one_version_exactly_one_wins(runtime: Runtime, tmp_path: Path) -> None:
    sources = [notes(tmp_path / f"{at}" / "notes", "1.0.0", Home=f"{at}") for at in range(2)]
    barrier = threading.Barrier(2)
    answers: list[object] = []

    def make(source: Path) -> None:
        barrier.wait()
        try:
            answers.append(runtime.pack(source, out=source.parent))
        except PackageVersionExists as error:
            answers.append(error)

    threads = [threading.Thread(target=make, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [one for one in answers if isinstance(one, Packed)]
    assert len(answers) == 2
    assert [str(path) for path in tmp_path.glob("*/*.whl")] == [won.path]
    with runtime.services.catalog.read() as reader:
        (one,) = reader.packed("personal")
    assert one.snapshot_digest == won.wheel.manifest.id


@pytest.mark.parametrize("same", [True, False])
def test_of_two_processes_that_pack_one_version_exactly_one_wins(
    runtime: Runtime, tmp_path: Path, same: bool
) -> None:
    runtime.context()
    sources = [notes(tmp_path / f"{at}" / "notes", "1.0.0", Home="1" if same else f"{at}") for at in (1, 2)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PACK, runtime.home, source, tmp_path / "dist"],
            text=True,
            stdin=-1,
            stdout=-1,
        )
        for source in sources
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert sorted(process.communicate(timeout=60)[0] for process in processes) == ["True\n", "exists\n"]
    with runtime.services.catalog.read() as reader:
        (one,) = reader.packed("personal")
    (wheel,) = (tmp_path / "dist").iterdir()
    assert runtime.look_into(wheel).manifest.id == one.snapshot_digest


def test_what_was_packed_meanwhile_is_counted(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = notes(tmp_path / "other" / "notes", "1.0.0", Home="1")
    real, done = packing._carry_out, []

    def late(*arguments: Any) -> Any:
        if not done:
            done.append(True)
            done.append(runtime.pack(meanwhile, out=tmp_path / "dist"))
        return real(*arguments)

    monkeypatch.setattr(packing, "_carry_out", late)
    answer = packed(runtime, tmp_path, "1.1.0", {"Home": "2"})
    assert (answer.previous, numbers(answer)) == ("1.0.0", {"Home": 2})
