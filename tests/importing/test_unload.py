"""Dropped realms are freed, and what is not is named."""

from __future__ import annotations

import atexit
import copyreg
import functools
import gc
import inspect
import linecache
import logging
import pickle
import re
import sys
import threading
import traceback
import types
import typing
import weakref
from collections.abc import Callable, Iterator, Sized
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.importing import holders
from peers_runtime.importing.finder import finder
from peers_runtime.importing.realm import Realm
from tests.importing.realms import Workshop, entered

STORE = """
    import logging, typing, dataclasses, enum, abc, functools
    import notes
    logger = logging.getLogger(__name__)
    class Color(enum.Enum):
        RED = 1
        def shown(self): return self.name
    @dataclasses.dataclass
    class Note:
        title: str = "x"
        def show(self): return self.title
    class Shape(abc.ABC):
        @abc.abstractmethod
        def area(self): ...
    class Square(Shape):
        def area(self): return 1
    @functools.cache
    def cached(x): return Note(x)
    cached("a")
    def fail(): raise ValueError("x")
    def circle():
        import notes.other
        return notes.other
"""
FILES = {
    "notes/__init__.py": "",
    "notes/store.py": STORE,
    "notes/other.py": "from notes.store import Note\nfrom dep import Thing\n",
}
KEPT: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    yield
    KEPT.clear()
    gc.collect()
    finder().collect()


@pytest.fixture
def realm(workshop: Workshop) -> Realm:
    private = workshop.private("dep", "1", {"dep.py": "class Thing: ...\n"})
    made = workshop.realm(FILES, private=[private])
    made.load("notes.store:circle")()
    return made


def weak_references(realm: Realm) -> list[weakref.ref[Any]]:
    """Weak references to every module, class and function of the realm."""
    prefix = f"peers_packages.{realm.tag}."
    modules = [module for name, module in sys.modules.items() if name.startswith(prefix)]
    things: list[Any] = list(modules)
    for module in modules:
        things += [value for value in vars(module).values() if isinstance(value, (type, types.FunctionType))]
    references = [weakref.ref(thing) for thing in things if _module_of(thing).startswith(prefix)]
    assert len(references) > 8
    return references


def _module_of(thing: object) -> str:
    return thing.__name__ if isinstance(thing, types.ModuleType) else str(getattr(thing, "__module__", ""))


def _alive(references: list[weakref.ref[Any]]) -> list[Any]:
    return [reference() for reference in references if reference() is not None]


def test_a_dropped_realm_is_freed_whole(workshop: Workshop) -> None:
    private = workshop.private("dep", "1", {"dep.py": "class Thing: ...\n"})
    realm = workshop.realm(FILES, private=[private])
    realm.load("notes.store:circle")()
    tag = realm.tag
    references = weak_references(realm)
    workshop.release(realm)
    own = weakref.ref(realm)
    del realm
    gc.collect()
    assert _alive(references) == []
    assert own() is None
    assert not [name for name in sys.modules if tag in name]
    assert not hasattr(sys.modules["peers_packages"], tag)
    assert finder().realm(tag) is None
    assert workshop.reports == []
    assert finder().collect() == ()


def test_a_realm_that_somebody_else_has_stays(workshop: Workshop, realm: Realm) -> None:
    same = workshop.acquire(realm.lock)
    assert same is realm
    workshop.release(realm)
    assert realm.load("notes.store:Note")().title == "x"
    assert f"peers_packages.{realm.tag}.notes.store" in sys.modules


def test_an_equal_closure_is_a_fresh_realm_after_the_drop(workshop: Workshop, realm: Realm) -> None:
    lock, tag = realm.lock, realm.tag
    workshop.release(realm)
    again = workshop.acquire(lock)
    assert again is not realm
    assert again.tag == tag
    assert again.loaded() == ()
    workshop.release(again)
    finder().release(realm, workshop.bytes)  # dropped long ago: nothing happens


def test_locked_packages_go_with_the_last_that_locks_them(workshop: Workshop) -> None:
    base = workshop.lock({"base.py": "class Base: ...\n"}, name="base")
    first = workshop.realm({"notes.py": "import base\n"}, packages=[base])
    second = workshop.realm({"tasks.py": "import base\n"}, name="tasks", packages=[base])
    reference = weakref.ref(first.load("notes:base.Base"))
    second.module("tasks")
    workshop.release(first)
    assert reference() is not None
    workshop.release(second)
    assert reference() is None


# ── the table of purges: each of these would hold a realm, or grow with every one ────────────────


def _typing(realm: Realm) -> None:
    _ = typing.List[realm.load("notes.store:Note")]  # noqa: UP006  # typing's own cache is what is tested
    _ = typing.Optional[realm.load("notes.store:Note")]  # noqa: UP045  # it is typing that keeps it
    typing.overload(realm.load("notes.store:fail"))


def _inspect(realm: Realm) -> None:
    inspect.getattr_static(realm.load("notes.store:Note"), "show")
    inspect.getmodule(realm.load("notes.store:fail").__code__)
    inspect.getsource(realm.load("notes.store:Note"))
    inspect.signature(realm.load("notes.store:Note"))


def _copyreg(realm: Realm) -> None:
    copyreg.pickle(realm.load("notes.store:Note"), lambda note: (str, (note.title,)))
    pickle.dumps(realm.load("notes.store:Note")())


def _handler(realm: Realm) -> None:
    namespace: dict[str, Any] = {
        "__builtins__": realm.imports.builtins,
        "__name__": f"peers_packages.{realm.tag}.notes",
    }
    exec("import logging\nclass Handler(logging.Handler):\n    def emit(self, record): ...", namespace)
    namespace["Handler"].keeps = realm.load("notes.store:Note")
    for name in ("", "notes", "elsewhere"):
        logging.getLogger(name).addHandler(namespace["Handler"]())
        logging.getLogger(name).addFilter(realm.load("notes.store:Note").show)
    realm.load("notes.store:logger").warning("x")


def _importer(realm: Realm) -> None:
    kind = realm.load("notes.store:Note")
    sys.meta_path.append(kind())
    sys.path_hooks.append(realm.load("notes.store:fail"))
    sys.path_importer_cache["/nowhere/at/all"] = kind()


def _registration(realm: Realm) -> None:
    Sized.register(realm.load("notes.store:Note"))
    isinstance(realm.load("notes.store:Note")(), (Sized, realm.load("notes.store:Shape")))


def _traceback(realm: Realm) -> None:
    try:
        realm.load("notes.store:fail")()
    except ValueError:
        traceback.format_exc()


def _thread(realm: Realm) -> None:
    thread = threading.Thread(target=realm.load("notes.store:cached"), args=("b",))
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    "use", [_typing, _inspect, _copyreg, _handler, _importer, _registration, _traceback, _thread]
)
def test_what_python_itself_would_keep_is_purged(
    workshop: Workshop, realm: Realm, use: Callable[[Realm], None]
) -> None:
    with entered(realm):
        use(realm)
    references = weak_references(realm)
    workshop.release(realm)
    gc.collect()
    assert _alive(references) == []
    assert workshop.reports == []
    assert not [importer for importer in sys.meta_path if type(importer).__name__ == "Note"]
    assert "/nowhere/at/all" not in sys.path_importer_cache
    assert not [name for name in inspect._filesbymodname if name.startswith("peers_packages.")]
    assert not [name for name in inspect.modulesbyfile.values() if name.startswith("peers_packages.")]


def test_handlers_and_filters_of_others_stay(workshop: Workshop, realm: Realm) -> None:
    handler = logging.NullHandler()
    logging.getLogger("notes").addHandler(handler)
    workshop.release(realm)
    assert handler in logging.getLogger("notes").handlers
    logging.getLogger("notes").removeHandler(handler)


def test_linecache_forgets_the_files(workshop: Workshop, realm: Realm, tmp_path: Any) -> None:
    filename = realm.module("notes.store").__file__
    assert filename is not None
    assert linecache.getline(filename, 2)
    linecache.getline(__file__, 1)
    dev = workshop.realm({"notes.py": "x = 1\n"}, origin=str(tmp_path))
    dev.module("notes")
    workshop.release(realm)
    workshop.release(dev)
    for forgotten in (filename, str(tmp_path / "notes.py")):
        assert len(linecache.cache[forgotten]) == 1  # no lines; an entry that goes would trip who walks by
    Path(filename).unlink()
    assert linecache.getlines(filename) == []
    assert len(linecache.cache[__file__]) > 1


def test_who_walks_through_linecache_is_not_tripped(workshop: Workshop, monkeypatch: Any) -> None:
    class Walked(dict[str, Any]):
        """Drops the realm when somebody has taken the names, and has not yet looked at the entries."""

        def keys(self) -> Any:
            names = list(super().keys())
            workshop.release(realm)
            return names

    realm = workshop.realm({"notes.py": "x = 1\n"})
    filename = realm.module("notes").__file__
    assert filename is not None
    assert linecache.getline(filename, 1) == "x = 1\n"
    monkeypatch.setattr(linecache, "cache", Walked(linecache.cache))
    linecache.checkcache()


# ── what is held is named ────────────────────────────────────────────────────────────────────────


@pytest.mark.whole_heap
def test_a_planted_holder_is_named(workshop: Workshop, realm: Realm) -> None:
    KEPT["last"] = [realm.load("notes.store:Note")]
    workshop.release(realm)
    (code, message), *others = workshop.reports
    assert code == "P0304"
    assert others == []
    assert message == (
        "notes@1.0.0 is no longer used, but cannot be freed: "
        f"{__name__}.KEPT['last'][0] (list) holds class notes.store.Note"
    )
    (remains,) = finder().collect()
    assert remains.label == "notes@1.0.0"
    assert len(workshop.reports) == 1, "each is reported once"
    KEPT.clear()
    assert finder().collect() == ()


class Registry:
    def __init__(self) -> None:
        self.listeners: list[Any] = []


def _instance(realm: Realm) -> str:
    KEPT["registry"] = Registry()
    KEPT["registry"].listeners.append(realm.load("notes.store:Note")())
    return r"KEPT\['registry'\]\.listeners\[0\]"


def _function(realm: Realm) -> str:
    KEPT["function"] = realm.load("notes.store:fail")
    return r"KEPT\['function'\] \(dict\) holds function notes\.store\.fail"


def _closure(realm: Realm) -> str:
    note = realm.load("notes.store:Note")
    KEPT["closure"] = lambda: note
    return r"KEPT\['closure'\] → function .*"


def _partial(realm: Realm) -> str:
    KEPT["partial"] = functools.partial(print, realm.load("notes.store:Note")())
    return r"KEPT\['partial'\]"


def _lru_cache(realm: Realm) -> str:
    KEPT["lru"] = functools.lru_cache(lambda x: x)
    KEPT["lru"](realm.load("notes.store:Note"))
    return r"KEPT\['lru'\]"


def _singledispatch(realm: Realm) -> str:
    KEPT["dispatch"] = functools.singledispatch(lambda x: x)
    KEPT["dispatch"].register(realm.load("notes.store:Note"), print)
    return r"KEPT\['dispatch'\]"


def _exception(realm: Realm) -> str:
    try:
        realm.load("notes.store:fail")()
    except ValueError as error:
        KEPT["error"] = error
    return r"KEPT\['error'\]"


def _generator(realm: Realm) -> str:
    def generate() -> Iterator[Any]:
        note = realm.load("notes.store:Note")
        yield note

    KEPT["generator"] = generate()
    next(KEPT["generator"])
    return r"KEPT\['generator'\]"


def _atexit(realm: Realm) -> str:
    function = realm.load("notes.store:fail")
    atexit.register(function)
    KEPT["undo"] = lambda: atexit.unregister(function)
    return r"(the module atexit|KEPT\['undo'\])"


@pytest.mark.whole_heap
@pytest.mark.parametrize(
    "hold",
    [_instance, _function, _closure, _partial, _lru_cache, _singledispatch, _exception, _generator, _atexit],
)
def test_every_kind_of_holder_is_named(
    workshop: Workshop, realm: Realm, hold: Callable[[Realm], str]
) -> None:
    expected = hold(realm)
    workshop.release(realm)
    ((_, message),) = workshop.reports
    assert re.search(expected, message), message
    if "undo" in KEPT:
        KEPT["undo"]()


@pytest.mark.whole_heap
def test_a_variable_of_running_code_is_named(workshop: Workshop, realm: Realm) -> None:
    note = realm.load("notes.store:Note")
    references = [weakref.ref(note)]
    workshop.release(realm)
    found = [str(holder) for holder in holders.holders(references)]
    assert any("test_a_variable_of_running_code_is_named, variable note" in each for each in found)
    del note
    gc.collect()
    assert holders.holders(references) == []


def test_two_hundred_loads_and_drops_leave_nothing(workshop: Workshop) -> None:
    def once(number: int) -> None:
        realm = workshop.realm({**FILES, "dep.py": ""} | {"notes/other.py": ""}, version=f"1.0.{number}")
        realm.load("notes.store:circle")()
        realm.load("notes.store:logger").debug("x")
        typing.get_type_hints(realm.load("notes.store:Note"))
        workshop.release(realm)

    for number in range(20):
        once(number)
    gc.collect()
    before = len(gc.get_objects()), len(sys.modules), len(logging.Logger.manager.loggerDict)
    for number in range(20, 220):
        once(number)
    gc.collect()
    after = len(gc.get_objects()), len(sys.modules), len(logging.Logger.manager.loggerDict)
    assert after[0] - before[0] < 200, "not even one object for each"
    assert after[1:] == before[1:]
    assert workshop.reports == []
