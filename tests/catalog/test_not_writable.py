"""A home that cannot be written can be read, says so when it is to be written, and stays as it was."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime.catalog import index
from peers_runtime.catalog.store import Catalog
from tests.catalog import records
from tests.catalog.test_index import data

READ_AND_WRITE = """
import sys
from peers_runtime.base import errors
from peers_runtime.catalog import index
from peers_runtime.catalog.diagnostics import Diagnostics
from peers_runtime.catalog.store import Catalog
from peers_runtime.model.diagnostic import Diagnostic
from tests.catalog import records
with Catalog(sys.argv[1]) as catalog:
    assert not catalog.home.is_writable
    assert index.read(catalog.index_path, catalog.home.device) is not None
    with catalog.read() as reader:
        print(*(package.name for package in reader.packages("acme")))
    print(*(package.label for package in catalog.state(catalog.home.device).active("acme")))
    try:
        with catalog.write() as writer:
            records.install(writer, 2)
    except errors.HomeNotWritable as error:
        print(error.code, bool(error.hint))
    diagnostics = Diagnostics(catalog.home.file("diagnostics.jsonl"))
    diagnostics.report(Diagnostic(code="P0206", message="it failed", at=records.AT))
    print(len(diagnostics.all()))
"""
MAKE = """
import sys
from peers_runtime.base import errors
from peers_runtime.catalog.store import Catalog
try:
    Catalog(sys.argv[1])
except errors.HomeNotWritable as error:
    print(error.code)
"""
FILL = """
import os, resource, sys
from peers_runtime.base import errors
from peers_runtime.catalog import index
from peers_runtime.catalog.store import Catalog
from tests.catalog import records

home, limit = sys.argv[1], int(sys.argv[2])
catalog = Catalog(home)
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
written = 0
refused = None
while refused is None and written < 5000:
    try:
        with catalog.write() as writer:
            records.install(writer, written + 2)
        written += 1
    except errors.HomeNotWritable as error:
        refused = error
assert refused is not None and refused.hint
with catalog.read() as reader:
    kept = [package.name for package in reader.packages("acme")]
    assert len(kept) == written + 1, (len(kept), written)
    assert reader.sequence() == reader.changes()[-1].sequence == len(reader.changes())
trusted = index.read(catalog.index_path)
assert trusted is None or len(trusted.active("acme")) == written + 1
print(written)
os._exit(0)  # closing would write
"""


@pytest.fixture
def read_only(home: Path) -> Iterator[Path]:
    """A home with one package, whose folders and files nobody may write."""
    with Catalog(home) as catalog, catalog.write() as writer:
        records.install(writer)
    paths = [home, *home.rglob("*")]
    modes = [path.stat().st_mode for path in paths]
    for path in reversed(paths):
        path.chmod(path.stat().st_mode & ~0o222)
    yield home
    for path, mode in zip(paths, modes, strict=True):
        path.chmod(mode)


def contents(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_a_read_only_home_can_be_read_and_not_written(read_only: Path) -> None:
    before = contents(read_only)
    out = records.run(READ_AND_WRITE, read_only, without_rights=True)
    assert out.splitlines() == ["package_1", "package_1@1.0.0", "P0802 True", "1"]
    assert contents(read_only) == before


def test_a_read_only_home_whose_last_process_was_killed_shows_all_that_was_committed(home: Path) -> None:
    killed = """
import os, signal, sys
from peers_runtime.catalog.store import Catalog
from tests.catalog import records
with Catalog(sys.argv[1]).write() as writer:
    records.install(writer)
os.kill(os.getpid(), signal.SIGKILL)
"""
    records.start(killed, home).communicate(timeout=60)
    assert (home / "catalog.sqlite-wal").stat().st_size
    for path in (home, *home.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        out = records.run(READ_AND_WRITE, home, without_rights=True)
    finally:
        for path in (home, *(path for path in home.rglob("*") if path.is_dir())):
            path.chmod(0o755)
    assert out.splitlines()[:2] == ["package_1", "package_1@1.0.0"]


def test_no_home_is_made_in_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        assert records.run(MAKE, tmp_path / "home", without_rights=True) == "P0802\n"
        assert records.run(MAKE, tmp_path, without_rights=True) == "P0802\n"
    finally:
        tmp_path.chmod(0o755)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A folder on a disk of 600 kB; where none may be mounted, any folder and the greatest size of a file."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "none", str(folder)], capture_output=True, check=False
    )
    if mount.returncode:
        yield folder, 300_000
        return
    yield folder, 0
    subprocess.run(["umount", str(folder)], check=True)


def test_on_a_full_disk_what_is_refused_leaves_no_trace_and_what_is_done_stays(
    small_disk: tuple[Path, int],
) -> None:
    folder, limit = small_disk
    _fill(folder / "home", limit)


def test_at_the_greatest_size_of_a_file_it_is_the_same(home: Path) -> None:
    _fill(home, 300_000)


def _fill(home: Path, limit: int) -> None:
    with Catalog(home) as catalog, catalog.write() as writer:
        records.install(writer, 1)
    written = int(records.run(FILL, home, limit))
    assert written > 3
    with Catalog(home) as catalog:
        with catalog.read() as reader:
            assert len(reader.packages("acme")) == written + 1
        trusted = index.read(catalog.index_path)
        assert trusted is None or data(trusted) == data(catalog.state(catalog.home.device))
