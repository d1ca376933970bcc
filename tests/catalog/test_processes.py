"""Many processes on one home: nothing is lost, nothing is doubled, the feed has no gaps."""

from __future__ import annotations

from pathlib import Path

from peers_runtime.catalog.store import Catalog
from tests.catalog import records
from tests.catalog.test_index import data

pytestmark = records.EVERYWHERE

MANY = """
import os, sys
from alembic import op, script  # imported once for all
from peers_runtime.base import errors
from peers_runtime.catalog.store import Catalog
from tests.catalog import records

def fork(act, count):
    children = []
    for number in range(count):
        child = os.fork()
        if not child:
            act(number)
            sys.stdout.flush()
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * count
"""
WRITE = """
def write(number):
    with Catalog(sys.argv[1], None, *sys.argv[2:]) as catalog:
        for at in range(ROUNDS):
            with catalog.write() as writer:
                records.install(writer, 100 * number + at, f"group-{number}")
            with catalog.read() as reader:
                assert len(reader.packages(f"group-{number}")) == at + 1
fork(write, WRITERS)
"""
PROMOTE = """
def promote(number):
    mine = records.version(records.manifest(1, "2.0.0"), package_version_id=f"row-{number}")
    with Catalog(sys.argv[1], None, *sys.argv[2:]) as catalog:
        try:
            with catalog.write() as writer:
                writer.put_version(mine)
            print("won")
        except errors.VersionExists:
            print("lost")
fork(promote, 8)
"""
WRITERS = 16
ROUNDS = 6


def given(shared: str | None) -> list[str]:
    return [] if shared is None else [shared]


def test_sixteen_writers_lose_nothing_and_leave_no_gap(home: Path, shared: str | None) -> None:
    """They make the home and the catalog as well: all start with nothing there."""
    records.run(f"{MANY}\nWRITERS, ROUNDS = {WRITERS}, {ROUNDS}\n{WRITE}", home, *given(shared))
    with Catalog(home, None, shared) as catalog, catalog.read() as reader:
        assert [change.sequence for change in reader.changes()] == list(range(1, reader.sequence() + 1))
        for number in range(WRITERS):
            assert len(reader.packages(f"group-{number}")) == ROUNDS
        assert data(records.indexed(catalog)) == data(reader.state(catalog.home.device))


def test_of_many_that_promote_one_version_one_wins(home: Path, shared: str | None) -> None:
    with Catalog(home, None, shared) as catalog, catalog.write() as writer:
        records.install(writer)
        writer.put_snapshot(records.manifest(1, "2.0.0"))
    assert sorted(records.run(MANY + PROMOTE, home, *given(shared)).split()) == ["lost"] * 7 + ["won"]


def test_a_reader_in_another_process_sees_the_commit(catalog: Catalog, shared: str | None) -> None:
    read = (
        "import sys; from peers_runtime.catalog.store import Catalog\n"
        "with Catalog(sys.argv[1], None, *sys.argv[2:]) as catalog, catalog.read() as reader:\n"
        "    print(reader.context('acme'))"
    )
    assert records.run(read, catalog.home.path, *given(shared)) == "None\n"
    with catalog.write() as writer:
        writer.put_context(records.ACME)
        assert records.run(read, catalog.home.path, *given(shared)) == "None\n"
    assert records.run(read, catalog.home.path, *given(shared)) == f"{records.ACME}\n"
