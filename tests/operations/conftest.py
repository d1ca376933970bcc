"""A group to act in, on a real home, whose catalog lies there or on a real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.catalog.store import Catalog
from tests import postgres
from tests.operations.acting import DEVICE, GROUP, ROLES, Group


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


@pytest.fixture(scope="session")
def group_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the group, to be copied: to make one takes as long as most tests of it."""
    return _made(tmp_path_factory.mktemp("group") / "home", None)


@pytest.fixture(scope="session")
def group_on_server(
    postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, postgres.Database]:
    """The same, and its catalog on the server."""
    database = postgres.Database(postgres_server.new_database())
    home = _made(tmp_path_factory.mktemp("group") / "home", database.url)
    database.keep()
    return home, database


@pytest.fixture(params=["own", pytest.param("server", marks=pytest.mark.postgres)])
def group(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Group]:
    catalog = None
    if request.param == "own":
        made: Path = request.getfixturevalue("group_home")
    else:
        database: postgres.Database
        made, database = request.getfixturevalue("group_on_server")
        database.restore()
        catalog = database.url
    home = shutil.copytree(made, tmp_path / "home")
    with Runtime.open(home, catalog=catalog, actor="ada") as runtime:
        yield Group(runtime, tmp_path, catalog)


def _made(home: Path, catalog: str | None) -> Path:
    with Runtime.open(home, catalog=catalog, actor="ada", device=DEVICE) as runtime:
        runtime.contexts.create(GROUP)
        for actor, role in ROLES.items():
            runtime.members.set(GROUP, actor, role)
    return home
