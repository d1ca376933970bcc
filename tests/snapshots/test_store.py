from __future__ import annotations

import errno
import gc
import json
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from types import CodeType

import pytest

from peers_runtime.base import errors
from peers_runtime.model.manifest import Manifest, UIData
from peers_runtime.snapshots import interpreter, store
from peers_runtime.snapshots.source import Source
from peers_runtime.snapshots.store import SnapshotStore
from tests.snapshots.conftest import Capture, Captured
from tests.snapshots.parts import FILES, KEY, UI_ID, all_files, file_size_limit, read_only

LOGO = UIData(peers_ui_id=UI_ID, name="Note", type="view", target="html", assets=("assets/logo.svg",))


def run(code: CodeType) -> dict[str, object]:
    namespace: dict[str, object] = {}
    exec(code, namespace)
    return namespace


def damage(path: Path) -> None:
    path.chmod(0o644)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def blob(home: Path, digest: str) -> Path:
    return home / "blobs" / digest[:2] / digest


def code_file(home: Path) -> Path:
    (path,) = (home / "code").rglob("*.code")
    return path


@pytest.fixture
def count_compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are compiled from now on."""
    compiled: list[str] = []
    real = interpreter.compiled

    def count(source: bytes, path: str, filename: str) -> CodeType:
        compiled.append(path)
        return real(source, path, filename)

    monkeypatch.setattr(interpreter, "compiled", count)
    return compiled


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
    source, _ = captured()
    _, other = captured({**FILES, "notes/store.py": b""})
    snapshots = SnapshotStore(home, KEY)
    for wrong in (other, other.model_copy(update={"version": "9.9.9"})):
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


# ── damage ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["notes/store.py", "notes/assets/logo.svg"])
def test_a_changed_file_is_seen_and_adding_again_mends_it(home: Path, captured: Capture, path: str) -> None:
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(source, manifest)
    digest = next(file.digest for file in manifest.files if file.path == path)
    damage(blob(home, digest))
    with pytest.raises(errors.DamagedBytes):
        snapshots.verify(manifest.id)
    with pytest.raises(errors.DamagedBytes):
        snapshots.source(manifest.id, path)
    snapshots.add(source, manifest)
    snapshots.verify(manifest.id)
    assert (Path(snapshots.folder(manifest.id)) / path).read_bytes() == FILES[path]


def test_a_missing_file_is_seen(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(source, manifest)
    blob(home, manifest.files[0].digest).unlink()
    with pytest.raises(errors.HomeDamaged):
        snapshots.verify(manifest.id)


def test_no_changed_byte_of_a_manifest_is_ever_believed(home: Path, captured: Capture) -> None:
    source, manifest = captured(uis=(LOGO,))
    SnapshotStore(home, KEY).add(source, manifest)
    for path in (blob(home, manifest.id), home / "about" / f"{manifest.id}.json"):
        data = path.read_bytes()
        path.chmod(0o644)
        for position in range(len(data)):
            changed = bytearray(data)
            changed[position] ^= 1 << position % 8
            path.write_bytes(changed)
            with pytest.raises(errors.DamagedBytes):
                SnapshotStore(home, KEY).manifest(manifest.id)
        path.write_bytes(data)
    SnapshotStore(home, KEY).verify(manifest.id)


@pytest.mark.parametrize("fault", ["gone", "damaged", "cut", "foreign", "empty", "a folder"])
def test_compiled_code_in_doubt_is_compiled_again_from_source(
    home: Path, captured: Capture, fault: str, count_compiled: list[str]
) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    path = code_file(home)
    if fault == "damaged":
        damage(path)
    elif fault == "cut":
        path.write_bytes(path.read_bytes()[:-10])
    elif fault == "empty":
        path.write_bytes(b"")
    elif fault != "foreign":
        path.unlink()
    if fault == "a folder":
        path.mkdir()
    key = b"another host's key" if fault == "foreign" else KEY
    count_compiled.clear()
    snapshots = SnapshotStore(home, key)
    for name, module in snapshots.modules(manifest.id).items():
        if module.path is not None:
            assert snapshots.code(manifest.id, name, module.path, False).co_filename == module.path
    assert "add" in run(snapshots.code(manifest.id, "notes.store", "/x", False))
    assert "notes/ui/note.py" in count_compiled
    if fault != "a folder":
        count_compiled.clear()
        assert "add" in run(SnapshotStore(home, key).code(manifest.id, "notes.store", "/x", False))
        assert count_compiled == []  # mended for the next process


def test_another_interpreter_compiles_for_itself(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    monkeypatch.setattr(interpreter, "tag", lambda: "other-interpreter")
    assert "add" in run(SnapshotStore(home, KEY).code(manifest.id, "notes.store", "/x", False))
    assert len(list((home / "code").rglob("*.code"))) == 2


def test_changed_source_is_never_compiled(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    code_file(home).unlink()
    digests = {file.path: file.digest for file in manifest.files}
    damage(blob(home, digests["notes/store.py"]))
    snapshots = SnapshotStore(home, KEY)
    with pytest.raises(errors.DamagedBytes):
        snapshots.code(manifest.id, "notes.store", "/x", False)
    assert "render" in run(snapshots.code(manifest.id, "notes.ui.note", "/x", False))


def test_one_module_that_this_interpreter_does_not_take_keeps_no_other_from_loading(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    shutil.rmtree(home / "code")
    real = interpreter.compiled

    def picky(source: bytes, path: str, filename: str) -> CodeType:
        return real(b"x =\n" if path == "notes/store.py" else source, path, filename)

    monkeypatch.setattr(interpreter, "compiled", picky)
    snapshots = SnapshotStore(home, KEY)
    assert "render" in run(snapshots.code(manifest.id, "notes.ui.note", "/x", False))
    with pytest.raises(errors.CompilationError):
        snapshots.code(manifest.id, "notes.store", "/x", False)


# ── sharing ──────────────────────────────────────────────────────────────────────────────────────


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
    assert len(snapshots._shared) == 1


# ── laid-out files ───────────────────────────────────────────────────────────────────────────────


def test_files_are_laid_out_read_only_as_links_of_blobs(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(source, manifest)
    folder = Path(snapshots.folder(manifest.id))
    assert folder.is_absolute()
    assert {name: (folder / name).read_bytes() for name in all_files(folder)} == FILES
    for file in manifest.files:
        status = (folder / file.path).stat()
        assert status.st_mode & 0o222 == 0
        assert status.st_ino == blob(home, file.digest).stat().st_ino


def test_files_are_copied_where_links_cannot_be_made(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(source, manifest)
    folder = Path(snapshots.folder(manifest.id))
    assert {name: (folder / name).read_bytes() for name in all_files(folder)} == FILES
    assert all((folder / name).stat().st_mode & 0o222 == 0 for name in all_files(folder))


def test_a_lost_folder_is_laid_out_again(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    shutil.rmtree(home / "files")
    folder = Path(SnapshotStore(home, KEY).folder(manifest.id))
    assert folder == home / "files" / manifest.id
    assert all_files(folder) == FILES.keys()


def test_changed_bytes_are_not_laid_out(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    shutil.rmtree(home / "files")
    damage(blob(home, manifest.files[0].digest))
    with pytest.raises(errors.DamagedBytes):
        SnapshotStore(home, KEY).folder(manifest.id)
    assert all_files(home / "files") == set()


# ── a home that cannot be written ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lost", [[], ["code", "files"]])
def test_a_read_only_home_is_read_and_imported_from(home: Path, captured: Capture, lost: list[str]) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    for name in lost:
        shutil.rmtree(home / name)
    for path in (home / "about").iterdir():
        path.chmod(0o644)
    before = all_files(home)
    snapshots = SnapshotStore(home, KEY)
    with read_only(home):
        assert snapshots.manifest(manifest.id) == manifest
        snapshots.verify(manifest.id)
        for _ in range(2):
            assert "add" in run(snapshots.code(manifest.id, "notes.store", "/x", False))
        folder = Path(snapshots.folder(manifest.id))
        assert {name: (folder / name).read_bytes() for name in all_files(folder)} == FILES
    assert all_files(home) == before
    if lost:
        assert not folder.is_relative_to(home)
        del snapshots
        gc.collect()
        assert not folder.exists()


def test_a_read_only_home_takes_no_snapshot(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    with read_only(home), pytest.raises(errors.HomeNotWritable) as caught:
        snapshots.add(source, manifest)
    assert "right to write" in caught.value.hint
    assert all_files(home) == set()


def test_a_home_without_compiled_code_tries_to_write_it_once(
    home: Path, captured: Capture, count_compiled: list[str]
) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    shutil.rmtree(home / "code")
    snapshots = SnapshotStore(home, KEY)
    with read_only(home):
        snapshots.code(manifest.id, "notes.store", "/x", False)
        count_compiled.clear()
        snapshots.code(manifest.id, "notes.ui.note", "/x", False)
    assert count_compiled == ["notes/ui/note.py"]


def test_a_full_disk_leaves_no_snapshot_and_no_temporaries(home: Path, captured: Capture) -> None:
    source, manifest = captured({**FILES, "notes/assets/big.bin": b"x" * 50_000})
    snapshots = SnapshotStore(home, KEY)
    with file_size_limit(10_000), pytest.raises(errors.HomeNotWritable):
        snapshots.add(source, manifest)
    assert not snapshots.has(manifest.id)
    assert not [name for name in all_files(home) if ".tmp" in name]
    snapshots.add(source, manifest)
    snapshots.verify(manifest.id)


@pytest.mark.parametrize("function", ["open", "write", "fsync", "replace", "rename", "makedirs"])
def test_a_disk_that_fails_at_any_step_leaves_a_whole_snapshot_or_none(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    source, manifest = captured()
    refused = 0
    for fail_at in fault_points(home, function, source, manifest):
        place = home / f"{function}{fail_at}"
        place.mkdir()
        snapshots = SnapshotStore(place, KEY)
        with monkeypatch.context() as patch:
            patch.setattr(os, function, failing(getattr(os, function), fail_at))
            try:
                snapshots.add(source, manifest)
            except errors.HomeNotWritable:
                refused += 1
            else:  # a read that failed, or the flush of what is made again when it is lost
                assert snapshots.has(manifest.id)
        assert not [name for name in all_files(place) if ".tmp" in name]
        if snapshots.has(manifest.id):  # only the flush of the very last rename failed
            snapshots.verify(manifest.id)
        snapshots.add(source, manifest)
        snapshots.verify(manifest.id)
        assert all_files(place / "files" / manifest.id) == FILES.keys()
    assert refused


def failing(real: Callable[..., object], fail_at: int) -> Callable[..., object]:
    calls = 0

    def act(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == fail_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments, **options)

    return act


def fault_points(home: Path, function: str, source: Source, manifest: Manifest) -> range:
    """Every call of `os.<function>` that one `add` makes, counted from 1."""
    real = getattr(os, function)
    calls = 0

    def count(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        return real(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, function, count)
        SnapshotStore(home / "counted", KEY).add(source, manifest)
    assert calls
    return range(1, calls + 1)


# ── many at once ─────────────────────────────────────────────────────────────────────────────────


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


def add_in_process(home: Path, captured: Captured) -> None:
    SnapshotStore(home, KEY).add(*captured)


def test_many_processes_may_add_the_same(home: Path, captured: Capture) -> None:
    made = captured()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=add_in_process, args=(home, made)) for _ in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 6
    SnapshotStore(home, KEY).verify(made[1].id)
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
