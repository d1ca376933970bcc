"""Random acts of several people lead where the tables say: in one home, and on devices with one catalog."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from peers_runtime.catalog import listening, tail
from peers_runtime.host import arrivals
from tests import postgres
from tests.operations.lifecycle_machine import run
from tests.operations.lifecycle_world import World

DEVICES = ("desk", "laptop", "tablet")


@pytest.fixture(autouse=True)
def devices_look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """After each act all wait until each device has what the others did."""
    monkeypatch.setattr(arrivals, "_LATER_S", 0.0)
    monkeypatch.setattr(tail, "_INTERVAL_S", 0.02)
    monkeypatch.setattr(listening, "_INTERVAL_S", 0.05)
    monkeypatch.setattr(listening, "_SLICE_S", 0.01)


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> postgres.Database | None:
    """Where the catalog lies when it is not a file."""
    if request.param == "file":
        return None
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return postgres.Database(server.new_database())


@pytest.fixture
def home(database: postgres.Database | None) -> Iterator[World]:
    made = World(DEVICES[:1], database)
    yield made
    made.gone()


@pytest.fixture
def devices(database: postgres.Database | None) -> Iterator[World]:
    made = World(DEVICES, database)
    yield made
    made.gone()


def test_random_acts_lead_where_the_tables_say(home: World) -> None:
    run(home, 3 if home.is_shared else 10, 35)


def test_random_acts_on_several_devices_lead_where_the_tables_say(
    devices: World, database: postgres.Database | None
) -> None:
    run(devices, 5 if database is None else 2, 30)


@pytest.mark.soak
@pytest.mark.timeout(3 * 3600)
def test_ten_thousand_random_acts_lead_where_the_tables_say(home: World) -> None:
    run(home, 200, 50, is_long=True)


@pytest.mark.soak
@pytest.mark.timeout(6 * 3600)
def test_ten_thousand_random_acts_on_several_devices_lead_where_the_tables_say(devices: World) -> None:
    run(devices, 200, 50, is_long=True)
