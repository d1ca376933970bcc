from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from threading import enumerate as threads

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


@pytest.fixture(autouse=True)
def no_thread_of_ours_outlives_its_test() -> Iterator[None]:
    """Who leaves a runtime or a watch open is told of at that test, not at another of the same process."""
    before = set(threads())
    yield
    ours = [thread for thread in threads() if thread.name.startswith("peers") and thread not in before]
    for thread in ours:
        thread.join(10)  # one that was told to end may not have yet
    assert not [thread for thread in ours if thread.is_alive()]
