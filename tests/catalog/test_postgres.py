"""A catalog on a PostgreSQL server; what is the same everywhere stands in `test_store`, `test_processes`."""

from __future__ import annotations

import os
import resource
import sys
import threading
from _thread import allocate_lock
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from peers_runtime.base import errors
from peers_runtime.catalog import listening
from peers_runtime.catalog import postgres as database
from peers_runtime.catalog import server as limits
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.location import Location
from peers_runtime.catalog.store import Catalog
from peers_runtime.catalog.tail import Tail, tail
from tests import postgres
from tests.catalog import records

pytestmark = pytest.mark.postgres
LIGHT = """
import sys
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.location import Location
from peers_runtime.catalog.tail import tail
end = tail(Location(Home(sys.argv[1]), sys.argv[2]))
print(end.sequence(), "sqlalchemy" in sys.modules)
"""


@pytest.fixture
def shared(postgres_server: postgres.Server) -> str:
    return postgres_server.new_database()


@pytest.fixture
def end(home: Path, shared: str) -> Iterator[Tail]:
    opened = tail(Location(Home(home), shared))
    yield opened
    opened.close()


def connect(shared: str) -> psycopg.Connection[tuple[object, ...]]:
    """Somebody else's session."""
    return psycopg.connect(shared.replace("+psycopg", ""))


def test_a_server_that_is_away_is_said_to_be_and_the_catalog_goes_on_when_it_is_back(
    catalog: Catalog, end: Tail, postgres_server: postgres.Server, home: Path, shared: str
) -> None:
    assert end.sequence() == 2
    postgres_server.stop()
    try:
        with pytest.raises(errors.CatalogUnreachable) as caught, catalog.read() as reader:
            reader.contexts()
        assert "secret" not in str(caught.value) + repr(caught.value.facts)
        assert str(postgres_server.folder) in str(caught.value)
        for act in (end.sequence, lambda: Catalog(home, "ada", shared)):
            with pytest.raises(errors.CatalogUnreachable):
                act()
        with pytest.raises(errors.CatalogUnreachable), catalog.write() as writer:
            records.install(writer)
    finally:
        postgres_server.start()
    with catalog.write() as writer:
        records.install(writer)
    assert end.sequence() == 7


def test_a_writer_whose_server_goes_down_within_the_act_has_changed_nothing(
    catalog: Catalog, postgres_server: postgres.Server
) -> None:
    def act() -> None:
        with catalog.write() as writer:
            records.install(writer)
            postgres_server.stop()
            postgres_server.start()
            writer.contexts()

    with pytest.raises(errors.CatalogUnreachable):
        act()
    with catalog.read() as reader:
        assert reader.sequence() == 2


def test_a_database_that_does_not_exist_is_named(home: Path, postgres_server: postgres.Server) -> None:
    with pytest.raises(errors.CatalogUnreachable, match='"nowhere" does not exist') as caught:
        Catalog(home, "ada", postgres_server.url("nowhere"))
    assert "secret" not in str(caught.value)


def test_a_catalog_from_the_future_is_left_alone(catalog: Catalog, home: Path, shared: str) -> None:
    with connect(shared) as session:
        session.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(errors.HomeTooNew, match="9999") as caught:
        Catalog(home, "ada", shared)
    assert "secret" not in str(caught.value)


def test_who_may_only_read_can_read(catalog: Catalog, shared: str, home: Path) -> None:
    """And is told so when it is to write."""
    with connect(shared) as session:
        session.execute("CREATE ROLE guest LOGIN")
        session.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    try:
        with Catalog(home, "ada", shared.replace("peers:secret@", "guest@")) as guest:
            with guest.read() as reader:
                assert [one.context_id for one in reader.contexts()] == ["personal"]
            with pytest.raises(errors.HomeNotWritable, match="permission denied"), guest.write() as writer:
                writer.put_context(records.ACME)
    finally:
        with connect(shared) as session:
            session.execute("DROP OWNED BY guest")
            session.execute("DROP ROLE guest")


def test_a_text_that_the_server_does_not_take_is_refused_in_our_words(catalog: Catalog) -> None:
    def act() -> None:
        with catalog.write() as writer:
            records.install(writer)
            writer.put_package(records.package(description="a\0b"))

    with pytest.raises(errors.InvalidSetting, match="NUL"):
        act()
    with catalog.read() as reader:
        assert reader.context("acme") is None


def test_a_reader_cannot_write(catalog: Catalog) -> None:
    with pytest.raises(errors.HomeNotWritable), catalog._database.read() as connection:
        connection.execute(sa.text("DELETE FROM changes"))


def test_a_writer_does_not_wait_for_another_one_for_ever(
    catalog: Catalog, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LOCK_S", 1)
    with connect(shared) as session:
        session.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", (database._LOCK,))
        with pytest.raises(errors.HomeNotWritable, match="kept it locked"), catalog.write():
            pass
    with catalog.write() as writer:
        records.install(writer)


def test_a_writer_that_hangs_loses_the_lock_and_has_changed_nothing(
    catalog: Catalog, home: Path, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_IDLE_S", 1)
    written = threading.Event()

    said: list[errors.PeersError] = []

    def hang() -> None:
        try:
            with catalog.write() as writer:
                writer.put_context(records.ACME)
                written.wait(30)
                writer.contexts()
        except errors.PeersError as error:
            said.append(error)

    thread = threading.Thread(target=hang)
    thread.start()
    with Catalog(home, "ada", shared) as other:
        with other.write() as writer:
            assert writer.context("acme") is None
            records.install(writer, 1, "globex")
        written.set()
        thread.join(30)
        assert [type(one) for one in said] == [errors.CatalogUnreachable]
        with other.read() as reader:
            assert reader.context("acme") is None


def test_catalogs_in_two_schemas_of_one_database_do_not_wait_for_each_other(
    catalog: Catalog, shared: str, tmp_path: Path
) -> None:
    with connect(shared) as session:
        session.execute("CREATE SCHEMA other")
    elsewhere = f"{shared}&options=-csearch_path%3Dother"
    with Catalog(tmp_path / "other", "ada", elsewhere) as other, catalog.write() as writer:
        records.install(writer)
        with other.write() as another:
            records.install(another, 1, "globex")
            assert another.context("acme") is None


def test_a_child_after_a_fork_uses_connections_of_its_own(catalog: Catalog) -> None:
    with catalog.write() as writer:
        records.install(writer)
    child = os.fork()
    if not child:
        status = 1
        try:
            with catalog.write() as writer:
                records.install(writer, 2)
            catalog.close()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    with catalog.read() as reader:
        assert len(reader.packages("acme")) == 2


def test_a_commit_is_told_at_once_to_who_waits(
    catalog: Catalog, end: Tail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only when it asks again, which here would be in an hour."""
    monkeypatch.setattr(listening, "_INTERVAL_S", 3600)
    stop = allocate_lock()
    stop.acquire()
    known = end.sequence()
    for number in range(3):
        with catalog.write() as writer:
            records.install(writer, number)
        assert end.wait(stop)
        assert end.sequence() > known
        known = end.sequence()


def test_when_nobody_tells_it_is_asked_at_least_twice_in_the_second_that_is_promised(
    catalog: Catalog, end: Tail, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed_s = 0.0

    def nobody_tells(_: Tail, seconds: float) -> bool:
        nonlocal passed_s
        passed_s += seconds
        return False

    monkeypatch.setattr(listening, "monotonic", lambda: passed_s)
    monkeypatch.setattr(listening.ServerTail, "_is_told", nobody_tells)
    stop = allocate_lock()
    stop.acquire()
    for _ in range(2):
        end.sequence()
        assert end.wait(stop)
    assert 0 < passed_s <= 1.0


def test_a_host_that_has_thousands_of_files_open_waits_as_any_other(catalog: Catalog, end: Tail) -> None:
    stop = allocate_lock()
    stop.acquire()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2_000)), hard))
    with ExitStack() as files:
        files.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        while files.enter_context(open(os.devnull, "rb")).fileno() < 1_100:
            pass
        end.sequence()
        assert end.wait(stop)
        stop.release()
        end.sequence()
        assert not end.wait(stop)


def test_asking_for_the_last_change_imports_no_sqlalchemy(catalog: Catalog, home: Path, shared: str) -> None:
    assert records.run(LIGHT, home, shared) == "2 False\n"


def test_without_psycopg_it_is_said_what_to_install(
    home: Path, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for act in (lambda: Catalog(home, "ada", shared), tail(Location(Home(home), shared)).sequence):
        with pytest.raises(errors.InvalidSetting) as caught:
            act()
        assert "peers-runtime[postgres]" in caught.value.hint
