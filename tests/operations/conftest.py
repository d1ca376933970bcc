"""A group to act in, on a real home, whose catalog lies there or on a real server."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.catalog.store import Catalog
from tests import postgres
from tests.operations.acting import DEVICE, GROUP, ROLES, Group


@pytest.fixture(autouse=True)
def tests_are_no_garbage() -> Iterator[None]:
    """Acts have garbage collected; to look through all that tests consist of would take most of the time."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    """A home of its own, in which ada acts for herself."""
    with Runtime.open(tmp_path / "home", actor="ada") as runtime:
        yield runtime


@pytest.fixture(scope="session")
def new_catalog(
    postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory
) -> postgres.Database:
    """A catalog on the server, to be had as it was when it was made."""
    database = postgres.Database(postgres_server.new_database())
    Catalog(tmp_path_factory.mktemp("maker"), "ada", database.url).close()
    database.keep()
    return database


@pytest.fixture(params=["own", pytest.param("server", marks=pytest.mark.postgres)])
def catalog(request: pytest.FixtureRequest) -> str | None:
    """Where the catalog lies: in the home itself, or on a server."""
    if request.param == "own":
        return None
    database: postgres.Database = request.getfixturevalue("new_catalog")
    database.restore()
    return database.url


@pytest.fixture
def open_home(catalog: str | None, tmp_path: Path) -> Callable[..., Runtime]:
    """Another host of the home, which is made by the first one."""
    return partial(Runtime.open, tmp_path / "home", catalog=catalog)


@pytest.fixture
def group(open_home: Callable[..., Runtime], catalog: str | None, tmp_path: Path) -> Iterator[Group]:
    with open_home(actor="ada", device=DEVICE) as runtime:
        runtime.contexts.create(GROUP)
        for actor, role in ROLES.items():
            runtime.members.set(GROUP, actor, role)
        yield Group(runtime, tmp_path, catalog)
