from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog import lock
from peers_runtime.catalog.database import Database, network_file_system

MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/vdb /home/ada/local xfs rw 0 0
share /mnt/my\\040share cifs rw 0 0
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(str(tmp_path / "some.sqlite"), str(tmp_path / "some.lock"))
    with opened.alone(), opened.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER)")
    yield opened
    opened.close()


def put(database: Database, number: int) -> None:
    with database.alone(), database.begin() as connection:
        connection.exec_driver_sql("INSERT INTO numbers VALUES (?)", (number,))


def numbers(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.exec_driver_sql("SELECT number FROM numbers ORDER BY number").scalars())


def connection_of(database: Database) -> object:
    with database.read() as connection:
        return connection.connection.dbapi_connection


def test_a_writer_is_durable_and_checks_references(database: Database) -> None:
    def setting(name: str) -> object:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    with database.alone(), database.begin() as connection:
        assert setting("journal_mode") == "wal"
        assert setting("synchronous") == 2  # FULL
        assert setting("foreign_keys") == 1
        assert setting("mmap_size") in (0, None)


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(errors.HomeNotWritable), database.read() as connection:
        connection.exec_driver_sql("INSERT INTO numbers VALUES (1)")


def test_a_reader_that_closes_last_makes_no_checkpoint(database: Database, tmp_path: Path) -> None:
    """It would do so outside the lock, beside a writer that has just come."""
    log = tmp_path / "some.sqlite-wal"
    reading = Database(database.path, str(tmp_path / "some.lock"))
    put(database, 1)
    assert numbers(reading) == [1]
    database.close()
    size = log.stat().st_size
    assert size > 0
    reading.close()
    assert log.stat().st_size == size
    assert numbers(database) == [1]


def test_closing_the_last_writer_leaves_one_file(database: Database, tmp_path: Path) -> None:
    put(database, 1)
    database.close()
    assert not list(tmp_path.glob("some.sqlite-*"))
    assert numbers(database) == [1]


@pytest.mark.parametrize(
    "act", [lambda database: put(database, 2), Database.close], ids=["writing", "closing"]
)
def test_what_may_checkpoint_waits_for_the_lock(
    database: Database, tmp_path: Path, act: Callable[[Database], None]
) -> None:
    put(database, 1)
    thread = threading.Thread(target=act, args=(database,))
    with lock.hold(str(tmp_path / "some.lock")):
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(30)
    assert not thread.is_alive()
    assert numbers(database)[0] == 1


def test_a_child_after_a_fork_uses_connections_of_its_own(database: Database) -> None:
    put(database, 1)
    own = connection_of(database)
    assert connection_of(database) is own
    child = os.fork()
    if not child:
        status = 1
        try:
            put(database, 2)
            is_another = connection_of(database) is not own
            status = 0 if is_another and numbers(database) == [1, 2] else 2
            database.close()
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    put(database, 3)
    assert numbers(database) == [1, 2, 3]


def test_a_foreign_program_that_keeps_it_locked_is_named_as_such(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peers_runtime.catalog.database._BUSY_TIMEOUT_S", 0.1)
    database.close()
    foreign = sqlite3.connect(database.path, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    with pytest.raises(errors.HomeNotWritable, match="another program"):
        put(database, 1)
    foreign.close()
    put(database, 1)


def test_what_was_opened_while_nothing_could_be_written_is_opened_anew(database: Database) -> None:
    reading = connection_of(database)
    with database.alone(), database.begin() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")  # as when the file was read-only for a while
    with pytest.raises(errors.HomeNotWritable, match="readonly"):
        put(database, 1)
    put(database, 2)
    assert numbers(database) == [2]
    assert connection_of(database) is not reading


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/peers", None),
        ("/home/ada/.peers", "nfs4"),
        ("/homes/ada", None),
        ("/home/ada/local/.peers", None),
        ("/mnt/my share/peers", "cifs"),
    ],
)
def test_network_file_systems_are_known_by_the_nearest_mount(path: str, kind: str | None) -> None:
    assert network_file_system(path, MOUNTS) == kind


def test_on_a_network_file_system_there_is_no_write_ahead_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peers_runtime.catalog.database.network_file_system", lambda path, mounts: "nfs4")
    database = Database(str(tmp_path / "far.sqlite"), str(tmp_path / "far.lock"))
    with database.alone(), database.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER)")
    put(database, 1)
    assert numbers(database) == [1]
    assert not (tmp_path / "far.sqlite-wal").exists()
    database.close()
