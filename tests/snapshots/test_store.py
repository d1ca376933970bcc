from __future__ import annotations

import json
import multiprocessing
import shutil
import threading
from multiprocessing.synchronize import Barrier
from pathlib import Path
from types import CodeType

import pytest

from peers_runtime.base import errors
from peers_runtime.model.manifest import UIData
from peers_runtime.snapshots import store
from peers_runtime.snapshots.store import SnapshotStore
from tests.snapshots.conftest import Capture, Captured
from tests.snapshots.parts import (
    FILES,
    KEY,
    UI_ID,
    all_files,
    blob,
    run,
)

LOGO = UIData(peers_ui_id=UI_ID, name="Note", type="view", target="html", assets=("assets/logo.svg",))


def test_a_snapshot_comes_back_as_it_was_added(home: Path, captured: Capture) -> None:
    source, manifest = captured(uis=(LOGO,))
    snapshots = SnapshotStore(home, KEY)
    assert not snapshots.has(manifest.id)
    snapshots.add(source, manifest)
    for each in (snapshots, SnapshotStore(home, KEY)):
        assert each.has(manifest.id)
        assert each.manifest(manifest.id) == manifest
        each.verify(manifest.id)
        assert each.paths(manifest.id) == FILES.keys()
        assert {path: each.source(manifest.id, path) for path in FILES} == FILES
        found = {(name, file.path, file.is_package) for name, file in each.modules(manifest.id).items()}
        assert found == {(module.name, module.path, module.is_package) for module in manifest.modules}


def test_nothing_is_compiled_when_a_snapshot_is_used(
    home: Path, captured: Capture, count_compiled: list[str]
) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    count_compiled.clear()
    code = SnapshotStore(home, KEY).code(manifest.id, "notes.store", "/x/notes/store.py", False)
    assert code.co_filename == "/x/notes/store.py"
    assert "add" in run(code)
    assert count_compiled == []


def test_adding_the_same_again_changes_nothing(
    home: Path, captured: Capture, count_compiled: list[str]
) -> None:
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(source, manifest)
    before = {name: (home / name).read_bytes() for name in all_files(home)}
    count_compiled.clear()
    later = manifest.model_copy(update={"created_at": "2030-01-01T00:00:00Z"})
    snapshots.add(source, later)
    assert {name: (home / name).read_bytes() for name in all_files(home)} == before
    assert snapshots.manifest(manifest.id) == manifest
    assert count_compiled == []


def test_a_second_version_compiles_only_what_changed(
    home: Path, captured: Capture, count_compiled: list[str]
) -> None:
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(source, manifest)
    count_compiled.clear()
    changed = captured({**FILES, "notes/store.py": b"VALUE = 2\n"}, "1.1.0")
    snapshots.add(*changed, siblings=iter([manifest.id]))
    assert count_compiled == ["notes/store.py"]


def test_source_that_does_not_compile_is_refused_before_anything_is_written(
    home: Path, captured: Capture
) -> None:
    source, manifest = captured({**FILES, "notes/bad.py": b"x =\n"})
    with pytest.raises(errors.CompilationError, match=r"notes/bad\.py, line 1"):
        SnapshotStore(home, KEY).add(source, manifest)
    assert all_files(home) == set()


def test_a_manifest_that_is_not_the_sources_is_refused(home: Path, captured: Capture) -> None:
    source, own = captured()
    _, other = captured({**FILES, "notes/store.py": b""})
    snapshots = SnapshotStore(home, KEY)
    for wrong in (other, own.model_copy(update={"version": "9.9.9"})):
        with pytest.raises(errors.DamagedBytes):
            snapshots.add(source, wrong)
    assert all_files(home) == set()


def test_an_unknown_snapshot_is_missing(home: Path) -> None:
    snapshots = SnapshotStore(home, KEY)
    for act in (snapshots.manifest, snapshots.modules, snapshots.paths, snapshots.folder, snapshots.verify):
        with pytest.raises(errors.HomeDamaged):
            act("0" * 64)
    with pytest.raises(errors.DamagedBytes):
        snapshots.manifest("../escape")


def test_what_a_snapshot_does_not_hold_is_not_found(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(source, manifest)
    with pytest.raises(FileNotFoundError):
        snapshots.source(manifest.id, "notes/none.txt")
    for module in ("notes.none", "notes.assets"):
        with pytest.raises(KeyError):
            snapshots.code(manifest.id, module, "/x", False)


def test_released_versions_have_code_objects_of_their_own(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(source, manifest)
    first, second = (snapshots.code(manifest.id, "notes.store", "/x", False) for _ in range(2))
    assert first == second
    assert first is not second


def test_dev_snapshots_of_one_folder_share_what_is_unchanged(home: Path, captured: Capture) -> None:
    one = captured()
    two = captured({**FILES, "notes/store.py": b"VALUE = 2\n"})
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(*one)
    snapshots.add(*two)

    def shared(made: Captured, module: str, folder: str = "/src") -> CodeType:
        return snapshots.code(made[1].id, module, f"{folder}/{module.replace('.', '/')}.py", True)

    note = shared(one, "notes.ui.note")
    old = shared(one, "notes.store")
    assert shared(two, "notes.ui.note") is note
    assert shared(two, "notes.store") is not old
    assert run(shared(two, "notes.store"))["VALUE"] == 2
    assert shared(two, "notes.ui.note", "/elsewhere") is not note


def test_sharing_keeps_one_code_object_per_file_however_often_it_changes(
    home: Path, captured: Capture
) -> None:
    snapshots = SnapshotStore(home, KEY)
    for number in range(5):
        source, manifest = captured({**FILES, "notes/store.py": f"VALUE = {number}\n".encode()})
        snapshots.add(source, manifest)
        snapshots.code(manifest.id, "notes.store", "/src/notes/store.py", True)
    assert len(snapshots.shared_code._latest) == 1


def test_many_threads_may_ask_first(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    shutil.rmtree(home / "code")
    shutil.rmtree(home / "files")
    snapshots = SnapshotStore(home, KEY)
    start = threading.Barrier(16)
    found: list[object] = []

    def ask() -> None:
        start.wait()
        try:
            run(snapshots.code(manifest.id, "notes.store", "/x", False))["add"]
            found.append(snapshots.folder(manifest.id))
        except BaseException as error:
            found.append(error)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [str(home / "files" / manifest.id)] * 16
    assert all_files(home / "files" / manifest.id) == FILES.keys()
    assert [path.name for path in (home / "files").iterdir()] == [manifest.id]


def add_in_process(homes: list[Path], captured: Captured, start: Barrier) -> None:
    for home in homes:
        start.wait(60)
        SnapshotStore(home, KEY).add(*captured)


def test_many_processes_may_add_the_same(home: Path, captured: Capture) -> None:
    made = captured()
    context = multiprocessing.get_context("fork")
    homes = [home / str(number) for number in range(10)]
    start = context.Barrier(6)
    processes = [context.Process(target=add_in_process, args=(homes, made, start)) for _ in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 6
    for each in homes:
        SnapshotStore(each, KEY).verify(made[1].id)
        assert all_files(each / "files" / made[1].id) == FILES.keys()
    assert not [name for name in all_files(home) if ".tmp" in name]


def test_snapshots_ready_in_memory_are_bounded(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_KEPT", 2)
    snapshots = SnapshotStore(home, KEY)
    made = [captured(version=f"1.0.{number}") for number in range(4)]
    for source, manifest in made:
        snapshots.add(source, manifest)
        snapshots.code(manifest.id, "notes.store", "/x", False)
    assert len(snapshots._ready) == 2
    for _, manifest in made:
        assert "add" in run(snapshots.code(manifest.id, "notes.store", "/x", False))


def test_the_content_blob_is_the_canonical_json_that_the_id_names(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    content = json.loads(blob(home, manifest.id).read_bytes())
    assert content["version"] == "1.0.0"
    assert "createdAt" not in content


def test_a_draft_leaves_no_trace_in_the_home(home: Path, captured: Capture) -> None:
    source, _ = captured()
    draft = SnapshotStore(home, KEY).draft(source)
    assert "add" in run(draft.code(draft.digest, "notes.store", "/x", False))
    draft.folder(draft.digest)
    assert all_files(home) == set()
