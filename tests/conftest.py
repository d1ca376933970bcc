from __future__ import annotations

import gc
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


@pytest.fixture(scope="module", autouse=True)
def tests_are_no_garbage() -> None:
    """Many acts have garbage collected, and what all tests consist of is 400,000 objects, which never is any.

    What a module's tests make and drop dies as ever: the collector looks at all that came after this.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def heap(request: pytest.FixtureRequest, tests_are_no_garbage: None) -> Iterator[None]:
    """Tests that are marked with `whole_heap` see a process that has never called `gc.freeze`."""
    if request.node.get_closest_marker("whole_heap") is None:
        yield
        return
    gc.unfreeze()
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_stays_of_a_dropped_version(heap: None) -> Iterator[None]:
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
