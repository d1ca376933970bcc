"""Code that still runs when its version has left the process goes on importing, as if it had not."""

from __future__ import annotations

import gc
import sys
import threading
import traceback
import weakref
from collections.abc import Generator
from typing import Any

import pytest

from peers_runtime.importing.finder import finder
from peers_runtime.importing.realm import Realm
from tests.importing.realms import Workshop

FILES = {
    "notes/__init__.py": "",
    "notes/store.py": "KEPT = []",
    "notes/late.py": "from . import store\nfrom notes.store import KEPT\nMADE = object()",
    "notes/broken.py": "import notes.store\nraise ValueError('broken')",
    "notes/running.py": """
        import importlib
        from . import store
        def count(what=""):
            store.KEPT.append("before")
            yield
            yield importlib.import_module("notes.late").KEPT, late()
        def late():
            import notes.late
            from notes import late
            assert late is notes.late and late.store is store
            return late.MADE
        def joins():
            yield
            from notes.late import KEPT
            yield KEPT
        def breaks():
            yield
            import notes.broken
        def depends():
            import base
            base.KEPT.append(1)
            yield
            import base.late
            yield base.late.KEPT
    """,
}
BASE = {"base/__init__.py": "KEPT = []", "base/late.py": "from base import KEPT"}


def left() -> list[str]:
    return [name for name in sys.modules if name.startswith("peers_packages.")]


def running(realm: Realm, reference: str = "notes.running:count") -> Generator[Any]:
    generator: Generator[Any] = realm.load(reference)()
    next(generator)
    return generator


@pytest.fixture
def realm(workshop: Workshop) -> Realm:
    return workshop.realm(FILES)


def test_it_imports_with_the_modules_that_it_had(workshop: Workshop, realm: Realm) -> None:
    first, second = running(realm), running(realm)
    workshop.release(realm)
    assert left() == []
    kept, made = next(first)
    assert kept == ["before", "before"]
    assert left() == []
    assert next(second)[1] is made


def test_it_is_freed_when_it_has_ended(workshop: Workshop, realm: Realm) -> None:
    generator = running(realm)
    dead = weakref.ref(realm.module("notes.store"))
    workshop.release(realm)
    next(generator)
    assert dead() is not None
    del generator
    gc.collect()
    assert dead() is None
    assert finder().realms() == ()


def test_what_fails_then_is_raised_as_ever_and_leaves_nothing(workshop: Workshop, realm: Realm) -> None:
    generator = running(realm, "notes.running:breaks")
    workshop.release(realm)
    with pytest.raises(ValueError, match=r"^broken$") as caught:
        next(generator)
    assert [frame.name for frame in traceback.extract_tb(caught.tb)][1:] == ["breaks", "<module>"]
    assert left() == []


def test_packages_that_it_is_locked_to_go_and_come_with_it(workshop: Workshop) -> None:
    base = workshop.lock(BASE, name="base")
    realm = workshop.realm(FILES, packages=[base])
    generator = running(realm, "notes.running:depends")
    workshop.release(realm)
    assert left() == []
    assert next(generator) == [1]
    assert left() == []
    assert finder().realms() == ()


def test_many_threads_of_it_import_at_once(workshop: Workshop, realm: Realm) -> None:
    generators = [running(realm) for _ in range(8)]
    workshop.release(realm)
    start = threading.Barrier(len(generators))
    made: list[object] = []

    def go_on(generator: Generator[Any]) -> None:
        start.wait()
        made.append(next(generator)[1])

    threads = [threading.Thread(target=go_on, args=(generator,)) for generator in generators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == len(generators)
    assert len(set(map(id, made))) == 1
    assert left() == []


def test_the_same_version_loaded_anew_answers_while_it_is_there(workshop: Workshop, realm: Realm) -> None:
    generator = running(realm, "notes.running:joins")
    workshop.release(realm)
    anew = workshop.acquire(realm.lock)
    assert anew is not realm
    kept = anew.load("notes.store:KEPT")
    assert next(generator) is kept
    assert anew.module("notes.store").KEPT is kept
