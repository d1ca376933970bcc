from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from peers_runtime.importing.finder import finder
from tests import postgres

with suppress(ModuleNotFoundError):  # where only realms are tested
    from hypothesis import HealthCheck, settings

    # no example is judged by how long it takes: that says how busy the machine is
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """Started when a test first asks for it; stopped at the end."""
    with postgres.running() as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_stays_of_a_dropped_version() -> Iterator[None]:
    """Who keeps one that is no longer used is told of at that test, not at another of the same process."""
    before = set(finder().collect())
    yield
    assert set(finder().collect()) <= before
