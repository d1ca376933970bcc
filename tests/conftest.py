from __future__ import annotations

import gc
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


@pytest.fixture(scope="session")
def left() -> list[int]:
    """How many objects there were after the last collection of what tests have left."""
    return [0]


@pytest.fixture(autouse=True)
def tests_are_no_garbage(left: list[int]) -> Iterator[None]:
    """Dropped versions are collected; looking through all that tests consist of would take too long.

    What tests leave is frozen as well, and collected when it has become a third of all.
    """
    gc.freeze()
    if gc.get_freeze_count() > 1.5 * left[0]:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        left[0] = gc.get_freeze_count()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def nothing_stays_of_a_dropped_version(tests_are_no_garbage: None) -> Iterator[None]:
    """Who keeps one that is no longer used is told of at that test, not at another of the same process."""
    before = set(finder().collect())
    yield
    assert set(finder().collect()) <= before
