"""Killed at any step of a write, a home never offers an index that is not what the catalog says."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from peers_runtime.catalog import index
from peers_runtime.catalog.store import Catalog
from tests.catalog import records
from tests.catalog.test_index import data

DIE = """
import os, signal, sys
import sqlalchemy.engine.default
from peers_runtime.catalog import index
from peers_runtime.catalog.store import Catalog
from tests.catalog import records

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def before(owner, name):
    setattr(owner, name, die)

def after(owner, name):
    act = getattr(owner, name)
    def act_and_die(*arguments, **named):
        act(*arguments, **named)
        die()
    setattr(owner, name, act_and_die)

def write_half(path, state, device):
    def cut(descriptor):
        os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
        die()
    os.fsync = cut
    whole_write(path, state, device)

whole_write = index.write
dialect = sqlalchemy.engine.default.DefaultDialect
STEPS = {
    "before the mark": lambda: before(index, "mark"),
    "after the mark": lambda: after(index, "mark"),
    "before the commit": lambda: before(dialect, "do_commit"),
    "after the commit": lambda: after(dialect, "do_commit"),
    "before the index": lambda: before(index, "write"),
    "within the index": lambda: setattr(index, "write", write_half),
    "before the index is in place": lambda: before(os, "replace"),
    "after the index is in place": lambda: after(os, "replace"),
    "before the mark is gone": lambda: before(os, "unlink"),
    "after the mark is gone": lambda: after(os, "unlink"),
}
catalog = Catalog(sys.argv[1])
with catalog.write() as writer:
    records.install(writer, 2)
    STEPS[sys.argv[2]]()
print("survived")
"""
NOT_COMMITTED = ["before the mark", "after the mark", "before the commit"]
COMMITTED = [
    "after the commit",
    "before the index",
    "within the index",
    "before the index is in place",
    "after the index is in place",
    "before the mark is gone",
    "after the mark is gone",
]


@pytest.mark.parametrize("step", [*NOT_COMMITTED, *COMMITTED])
def test_killed_at_any_step_no_wrong_index_is_in_use(home: Path, step: str) -> None:
    with Catalog(home) as catalog, catalog.write() as writer:
        records.install(writer, 1)
    child = records.start(DIE, home, step)
    out, problems = child.communicate(timeout=60)
    assert (child.returncode, out) == (-signal.SIGKILL, ""), problems

    trusted = index.read(str(home / "index.json"))
    with Catalog(home) as catalog:
        with catalog.read() as reader:
            truth = reader.state(catalog.home.device)
        installed = [package.name for package in truth.active("acme")]
        assert installed == (["package_1"] if step in NOT_COMMITTED else ["package_1", "package_2"])
        assert trusted is None or data(trusted) == data(truth)
        assert data(index.read(catalog.index_path)) == data(truth)
        with catalog.write() as writer:
            records.install(writer, 3)
        assert len(catalog.state(catalog.home.device).active("acme")) == len(installed) + 1
    assert not list(home.glob("*.stale"))


@pytest.mark.parametrize("step", ["after the commit", "before the index"])
def test_a_process_that_lives_on_mends_what_a_killed_one_left(home: Path, step: str) -> None:
    with Catalog(home) as catalog:
        with catalog.write() as writer:
            records.install(writer, 1)
        records.start(DIE, home, step).communicate(timeout=60)
        assert index.read(catalog.index_path) is None
        with catalog.write() as writer:
            records.install(writer, 3)
        found = index.read(catalog.index_path)
        assert found is not None
        assert [package.name for package in found.active("acme")] == ["package_1", "package_2", "package_3"]


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_an_index_that_is_lost_is_made_again(home: Path, damage: str) -> None:
    with Catalog(home) as catalog, catalog.write() as writer:
        records.install(writer, 1)
    before = data(index.read(catalog.index_path))
    Path(catalog.index_path).unlink() if damage == "missing" else Path(catalog.index_path).write_text("{}")
    assert index.read(catalog.index_path) is None
    with Catalog(home):
        assert data(index.read(catalog.index_path)) == before
