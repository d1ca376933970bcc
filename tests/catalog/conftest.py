from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime.catalog.rows import TableRows
from peers_runtime.catalog.store import Catalog
from peers_runtime.catalog.tables import TableStore
from tests import postgres
from tests.catalog.rows import PACKAGE, Note, table


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """Where the catalog lies: in the home itself, unless a test is marked with `records.EVERYWHERE`."""
    where = getattr(request, "param", "own")
    if where == "server":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        return server.new_database()
    return str(tmp_path / "team.sqlite") if where == "file" else None


@pytest.fixture
def catalog(home: Path, shared: str | None) -> Iterator[Catalog]:
    with Catalog(home, "ada", shared) as opened:
        yield opened


@pytest.fixture(scope="module")
def data_database(request: pytest.FixtureRequest) -> postgres.Database:
    """One for the module's tests, each of which leaves it without schemas."""
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return postgres.Database(server.new_database())


@pytest.fixture(params=["files", pytest.param("server", marks=pytest.mark.postgres)])
def data(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where tables lie: None for files, else a server's URL."""
    if request.param == "files":
        yield None
        return
    database: postgres.Database = request.getfixturevalue("data_database")
    yield database.url
    database.drop_schemas("peers\\_%")


@pytest.fixture
def store(tmp_path: Path, data: str | None) -> Iterator[TableStore]:
    opened = TableStore(tmp_path, data)
    yield opened
    opened.close()


@pytest.fixture
def notes(store: TableStore) -> TableRows:
    return store.table("acme", PACKAGE, table(Note))
