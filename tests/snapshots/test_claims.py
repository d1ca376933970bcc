"""What a process may still read is not given up; all else of a snapshot goes with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.model.manifest import Manifest
from peers_runtime.snapshots.claims import Claims
from peers_runtime.snapshots.store import SnapshotStore
from tests.snapshots.conftest import Capture
from tests.snapshots.parts import FILES

OTHER = {**FILES, "notes/store.py": b"def add(note):\n    return 'changed'\n"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def snapshots(home: Path) -> SnapshotStore:
    return SnapshotStore(home, b"k" * 32)


@pytest.fixture
def two(snapshots: SnapshotStore, captured: Capture) -> tuple[Manifest, Manifest]:
    """Two states of a package, of which one file differs; long since stored."""
    manifests = []
    for files in (FILES, OTHER):
        source, manifest = captured(files)
        snapshots.add(source, manifest)
        manifests.append(manifest)
    return manifests[0], manifests[1]


def grow_old(home: Path) -> None:
    for path in (home / "blobs").rglob("*"):
        os.utime(path, (0, 0))


def files_with(home: Path, name: str) -> list[Path]:
    return [path for path in home.rglob("*") if name in path.name]


def test_a_discarded_snapshot_is_gone_and_what_others_have_stays(
    home: Path, snapshots: SnapshotStore, two: tuple[Manifest, Manifest]
) -> None:
    old, new = two
    grow_old(home)
    assert snapshots.discard([old.id], [new.id]) == [old.id]
    assert files_with(home, old.id) == []
    assert not snapshots.has(old.id)
    with pytest.raises(errors.HomeDamaged):
        snapshots.manifest(old.id)
    changed = {file.digest for file in old.files} - {file.digest for file in new.files}
    assert len(changed) == 1
    assert [files_with(home, digest) for digest in changed] == [[]]
    SnapshotStore(home, b"k" * 32).verify(new.id)


def test_what_was_stored_a_moment_ago_stays(
    home: Path, snapshots: SnapshotStore, two: tuple[Manifest, Manifest]
) -> None:
    assert snapshots.discard([two[0].id], [two[1].id]) == []
    snapshots.verify(two[0].id)


def test_storing_again_what_is_there_makes_it_fresh(
    home: Path, snapshots: SnapshotStore, two: tuple[Manifest, Manifest], captured: Capture
) -> None:
    grow_old(home)
    snapshots.add(*captured(FILES))
    assert snapshots.discard([two[0].id], [two[1].id]) == []


def test_what_is_claimed_stays_until_it_is_not(
    home: Path, snapshots: SnapshotStore, two: tuple[Manifest, Manifest]
) -> None:
    grow_old(home)
    claims = Claims(str(home))
    claims.hold([two[0].id, "0" * 64])
    assert snapshots.discard([two[0].id], [two[1].id]) == []
    claims.hold([two[1].id])
    assert snapshots.discard([two[0].id], [two[1].id]) == [two[0].id]
    claims.close()


def test_a_claim_ends_with_its_process(
    home: Path, snapshots: SnapshotStore, two: tuple[Manifest, Manifest]
) -> None:
    grow_old(home)
    program = (
        "import sys\nfrom peers_runtime.snapshots.claims import Claims\n"
        "claims = Claims(sys.argv[1]); claims.hold([sys.argv[2]])\n"
        "print('claimed', flush=True)\nsys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(home), two[0].id]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"claimed\n"
        assert snapshots.discard([two[0].id], [two[1].id]) == []
        process.kill()
        process.wait()
    assert snapshots.discard([two[0].id], [two[1].id]) == [two[0].id]


def test_the_next_state_of_a_working_copy_is_kept_whole_at_the_cost_of_what_changed(
    home: Path, snapshots: SnapshotStore, captured: Capture
) -> None:
    source, old = captured(FILES)
    snapshots.add(source, old)
    before = set(home.rglob("*"))
    source, new = captured(OTHER)
    snapshots.keep(source, new, old)
    written = [path for path in set(home.rglob("*")) - before if path.is_file()]
    assert len(written) == 3, written  # one module, the content, and what lies outside the id
    fresh = SnapshotStore(home, b"k" * 32)
    fresh.verify(new.id)
    assert fresh.code(new.id, "notes.store", "/x/store.py").co_filename == "/x/store.py"
    assert Path(fresh.folder(new.id), "notes/store.py").read_bytes() == OTHER["notes/store.py"]


def test_a_draft_with_a_manifest_is_read_as_that_snapshot_while_it_is_held(
    snapshots: SnapshotStore, captured: Capture
) -> None:
    source, manifest = captured(FILES)
    draft = snapshots.draft(source, manifest)
    assert snapshots.reader(manifest.id) is draft
    assert snapshots.manifest(manifest.id) == manifest
    assert draft.source(manifest.id, "notes/store.py") == FILES["notes/store.py"]
    assert not snapshots.has(manifest.id)
    del draft
    assert snapshots.reader(manifest.id) is snapshots
    with pytest.raises(errors.HomeDamaged):
        snapshots.manifest(manifest.id)


def test_code_compiled_ahead_is_the_code_that_is_used(snapshots: SnapshotStore, captured: Capture) -> None:
    source, manifest = captured(FILES)
    draft = snapshots.draft(source, manifest)
    filename = os.path.join(draft.folder(manifest.id), "notes", "store.py")
    snapshots.compile_ahead(filename, b"this does not compile (")
    snapshots.compile_ahead(filename, FILES["notes/store.py"])
    spent = snapshots.shared_code.spent_s
    code = draft.code(manifest.id, "notes.store", filename, share=True)
    assert snapshots.shared_code.spent_s == spent
    assert draft.code(manifest.id, "notes.store", filename, share=True) is code


def test_compiling_what_is_not_known_finds_the_error_before_anything_runs(
    snapshots: SnapshotStore, captured: Capture
) -> None:
    broken = {**FILES, "notes/store.py": b"def add(\n", "notes/not-a-module.py": b"(((\n"}
    source, manifest = captured(broken)
    draft = snapshots.draft(source, manifest)
    with pytest.raises(errors.CompilationError, match=r"notes/store\.py, line 1"):
        draft.compile(set())
    draft.compile({source.digests["notes/store.py"]})
