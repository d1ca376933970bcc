from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime.catalog.store import Catalog


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def catalog(home: Path) -> Iterator[Catalog]:
    with Catalog(home, creator="ada") as opened:
        yield opened
