from __future__ import annotations

import shutil
from pathlib import Path
from types import CodeType

import pytest

from peers_runtime.base import errors
from peers_runtime.model.manifest import UIData
from peers_runtime.snapshots import interpreter
from peers_runtime.snapshots.store import SnapshotStore
from tests.snapshots.conftest import Capture
from tests.snapshots.parts import (
    FILES,
    KEY,
    UI_ID,
    blob,
    code_file,
    damage,
    run,
)

LOGO = UIData(peers_ui_id=UI_ID, name="Note", type="view", target="html", assets=("assets/logo.svg",))


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
