"""Pickles, in this process and in others."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import pickletools
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.importing.realm import Realm
from tests.importing import worker
from tests.importing.realms import Both, Workshop, entered, feature

STORE = """
    import dataclasses, enum, logging
    from collections import namedtuple
    class Color(enum.Enum):
        RED = "red$V"
    @dataclasses.dataclass
    class Note:
        title: str
        color: Color = Color.RED
        version = $V
        class Inner:
            def __eq__(self, other): return type(self) is type(other)
            __hash__ = None
    Point = namedtuple("Point", "x y")
    class Failed(Exception): ...
    def version_of(note): return note.version, note.color.value
    def things(): return [Note("a"), Color.RED, Note, version_of, Note.Inner(), Point(1, 2)]
"""
FILES = {"notes/__init__.py": "", "notes/store.py": STORE}


@feature("round trips of instances, classes, functions, enums, nested classes", "pickling")
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_round_trips(both: Both, protocol: int) -> None:
    for realm, v in both(FILES):
        things = realm.load("notes.store:things")()
        for dumps, loads in ((pickle.dumps, pickle.loads), (pickle._dumps, pickle._loads)):
            assert loads(dumps(things, protocol)) == things
        assert pickle.loads(pickle.dumps(things, protocol))[0].version == int(v)
        failed = pickle.loads(pickle.dumps(realm.load("notes.store:Failed")("why"), protocol))
        assert type(failed) is realm.load("notes.store:Failed")


@feature("`copy.copy` and `copy.deepcopy`", "pickling")
def test_copies(both: Both) -> None:
    for realm, _ in both(FILES):
        things = realm.load("notes.store:things")()
        assert copy.deepcopy(things) == things
        assert copy.copy(things[0]) == things[0]


@pytest.mark.usefixtures("facades")
@feature("unpickling by logical name: the version active in the context", "pickling")
def test_unpickling_by_logical_name(both: Both) -> None:
    data = b"cnotes.store\nNote\n(Va\ntR."
    for realm, v in both(FILES):
        with entered(realm):
            for loads in (pickle.loads, pickle._loads):
                note = loads(data)
                assert type(note) is realm.load("notes.store:Note")
                assert note.version == int(v)


@feature("unpickling where a version was never loaded: it is loaded by its tag", "pickling")
def test_unpickling_what_is_not_loaded(workshop: Workshop) -> None:
    from peers_runtime.importing.finder import finder

    lock = workshop.lock({key: text.replace("$V", "3") for key, text in FILES.items()}, "3.0.0")
    realm = workshop.acquire(lock)
    tag, data = realm.tag, pickle.dumps(realm.load("notes.store:things")())
    workshop.release(realm)
    del realm
    with pytest.raises(ModuleNotFoundError, match=tag):
        pickle.loads(data)
    forget = finder().on_unknown_tag(lambda wanted: (lock, workshop.bytes) if wanted == tag else None)
    assert pickle.loads(data)[0].version == 3
    forget()
    again = finder().realm(tag)
    assert again is not None
    finder().release(again, workshop.bytes)


@feature("another process started by `spawn`, `forkserver` and `fork`", "pickling")
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_other_processes(workshop: Workshop, tmp_path: Path, method: str) -> None:
    realms = workshop.both(FILES)
    here = worker.Loader(workshop.bytes.home, [realm.lock for realm, _ in realms])
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context, initializer=here.register) as pool:
        for realm, v in realms:
            assert pool.submit(*_call(realm)).result(60) == (int(v), "red" + v)
            back = pool.submit(realm.load("notes.store:Note"), "made there").result(60)
            assert type(back) is realm.load("notes.store:Note")
            with pytest.raises(realm.load("notes.store:Failed")):
                pool.submit(worker.fail_with, realm.load("notes.store:Failed")).result(60)


@feature(
    "pickles name the closure: equal ones load anywhere, others are never mistaken for each other", "pickling"
)
def test_pickles_name_the_closure(both: Both) -> None:
    (one, _), (two, _) = both(FILES)
    named = [
        [
            argument
            for _, argument, _ in pickletools.genops(pickle.dumps(realm.load("notes.store:Color").RED, 4))
        ]
        for realm in (one, two)
    ]
    assert f"peers_packages.{one.tag}.notes.store" in named[0]
    assert f"peers_packages.{two.tag}.notes.store" in named[1]


def _call(realm: Realm) -> tuple[Any, ...]:
    return realm.load("notes.store:version_of"), realm.load("notes.store:Note")("x")
