from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime.catalog.store import Catalog
from peers_runtime.catalog.tables import TableRows, TableStore
from tests.catalog.rows import PACKAGE, Note, table


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def catalog(home: Path) -> Iterator[Catalog]:
    with Catalog(home, creator="ada") as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TableStore]:
    opened = TableStore(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def notes(store: TableStore) -> TableRows:
    return store.table("acme", PACKAGE, table(Note))
