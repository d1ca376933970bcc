"""What a process keeps of a package for good is named: to take it away is not for unloading.

Python runs a function given to `atexit` when the process ends, whatever becomes of the package meanwhile,
and a host's `singledispatch` goes on dispatching. So such a version stays in memory, and its author is told
what holds it: what it registers it has to take back, in `peers_dispose`.
"""

from __future__ import annotations

import atexit
import codecs
import functools
import gc
import logging
import re
import signal
import subprocess
import sys
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.importing import interpreter
from peers_runtime.importing.finder import finder
from peers_runtime.importing.realm import Realm
from tests.importing.realms import Workshop

PACKAGE = """
class Note:
    def shown(self): return "note"
class Resource: ...
def handle(*arguments, **named): ...
def fail(): raise ValueError("x")
KEPT = Resource()
"""
HERE = re.escape(__name__)
OF_C = r"C code \(atexit, codecs, signal, an audit hook, an extension module\)"
HANDLE = r"holds function notes\.handle"
HELD: dict[str, Any] = {}
VARIABLE: ContextVar[object] = ContextVar("VARIABLE", default=None)
Undo = Callable[[], object]


class Host:
    """What a host application has at hand, and a package may find."""

    kinds: list[type] = []  # noqa: RUF012  # shared, which is the mistake

    @functools.lru_cache  # noqa: B019  # another one
    def described(self, kind: type) -> str:
        return kind.__name__


@functools.singledispatch
def shown(thing: object) -> str:
    return repr(thing)


@pytest.fixture
def realm(workshop: Workshop) -> Realm:
    made = workshop.realm({"notes.py": PACKAGE})
    made.module("notes")
    return made


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    HELD.clear()
    gc.collect()
    assert finder().collect() == ()


def _hook(module: Any, name: str) -> Callable[[Realm], tuple[str, Undo]]:
    """A function of the package in the place of one of the process's own."""

    def hold(realm: Realm) -> tuple[str, Undo]:
        before = getattr(module, name)
        setattr(module, name, realm.load("notes:handle"))
        return rf"{module.__name__}\.{name} \(module\) {HANDLE}", lambda: setattr(module, name, before)

    hold.__name__ = f"{module.__name__}.{name}"
    return hold


def _atexit(realm: Realm) -> tuple[str, Undo]:
    function = weakref.ref(atexit.register(realm.load("notes:handle")))
    return rf"{OF_C} {HANDLE}", lambda: atexit.unregister(function())


def _signal(realm: Realm) -> tuple[str, Undo]:
    before = signal.signal(signal.SIGUSR1, realm.load("notes:handle"))
    return rf"{OF_C} {HANDLE}", lambda: signal.signal(signal.SIGUSR1, before)


def _codec(realm: Realm) -> tuple[str, Undo]:
    function = weakref.ref(realm.load("notes:handle"))
    codecs.register(realm.load("notes:handle"))
    return rf"{OF_C}.* {HANDLE}", lambda: codecs.unregister(function())


def _codec_errors(realm: Realm) -> tuple[str, Undo]:
    codecs.register_error("of notes", realm.load("notes:handle"))
    return rf"{OF_C}.* {HANDLE}", lambda: codecs.register_error("of notes", codecs.strict_errors)


def _host_dispatch(realm: Realm) -> tuple[str, Undo]:
    shown.register(realm.load("notes:Note"), realm.load("notes:handle"))
    (registry,) = gc.get_referents(shown.registry)
    return rf"{HERE}\.shown → function shown\['registry'\] → mappingproxy", lambda: registry.pop(
        _only_note(registry)
    )


def _only_note(registry: Any) -> Any:
    return next(kind for kind in registry if kind.__name__ == "Note")


def _host_cache(realm: Realm) -> tuple[str, Undo]:
    HELD["host"] = Host()
    HELD["host"].described(realm.load("notes:Note"))
    return rf"{HERE}\.Host → type\['described'\] → _lru_cache_wrapper", Host.described.cache_clear


def _host_list(realm: Realm) -> tuple[str, Undo]:
    Host.kinds.append(realm.load("notes:Note"))
    return rf"{HERE}\.Host → type\['kinds'\]\[0\] \(list\) holds class notes\.Note", Host.kinds.clear


def _finalize(realm: Realm) -> tuple[str, Undo]:
    """The object is the module's, and the function holds the module."""
    finalizer = weakref.finalize(realm.load("notes:KEPT"), realm.load("notes:handle"))
    return rf"weakref\.finalize.*for 'Resource'.* {HANDLE}", finalizer.detach


def _exception(realm: Realm) -> tuple[str, Undo]:
    try:
        realm.load("notes:fail")()
    except ValueError as error:
        HELD["error"] = error
    return rf"{HERE}\.HELD\['error'\] → ValueError → .*a frame of fail \(frame\) holds", HELD.clear


def _callback(realm: Realm) -> tuple[str, Undo]:
    HELD["future"] = Future()
    HELD["future"].add_done_callback(realm.load("notes:Note")().shown)
    return rf"{HERE}\.HELD\['future'\]\._done_callbacks\[0\] → method → Note", HELD.clear


def _thread(realm: Realm) -> tuple[str, Undo]:
    ended = threading.Event()
    thread = threading.Thread(target=lambda note: ended.wait(60), args=(realm.load("notes:Note")(),))
    thread.start()

    def end() -> None:
        ended.set()
        thread.join()

    return r"threading\._active\[\d+\]\._args\[0\] → Note", end


def _context_variable(realm: Realm) -> tuple[str, Undo]:
    VARIABLE.set(realm.load("notes:Note"))
    return rf"{OF_C} → .*hamt", lambda: VARIABLE.set(None)


@pytest.mark.parametrize(
    "hold",
    [
        *(_atexit, _signal, _codec, _codec_errors, _host_dispatch, _host_cache, _host_list),
        *(_finalize, _exception, _callback, _thread, _context_variable),
        *(_hook(sys, name) for name in ("excepthook", "unraisablehook", "displayhook")),
        *(_hook(threading, "excepthook"), _hook(warnings, "showwarning"), _hook(logging, "lastResort")),
    ],
    ids=lambda hold: hold.__name__.strip("_"),
)
@pytest.mark.parametrize(
    "frozen",
    [pytest.param(False, marks=pytest.mark.whole_heap, id=""), pytest.param(True, id="beside a frozen heap")],
)
def test_what_the_process_keeps_is_named_and_freed_when_it_lets_go(
    workshop: Workshop, realm: Realm, hold: Callable[[Realm], tuple[str, Undo]], frozen: bool
) -> None:
    assert interpreter.has_frozen_heap() is frozen
    expected, undo = hold(realm)
    try:
        workshop.release(realm)
        ((code, message),) = workshop.reports
        assert code == "P0304"
        assert re.search(expected, message), message
    finally:
        undo()
    gc.collect()
    assert finder().collect() == ()


AUDITED = """
import sys
from pathlib import Path
from tests.importing.realms import Workshop
workshop = Workshop(Path(sys.argv[1]))
realm = workshop.realm({"notes.py": "def handle(*arguments): ..."})
sys.addaudithook(realm.load("notes:handle"))
workshop.release(realm)
print(workshop.reports)
"""


def test_an_audit_hook_is_named(tmp_path: Path) -> None:
    """In a process of its own, which keeps it to its end."""
    assert re.search(rf"P0304.*{OF_C} {HANDLE}", _in_a_process(AUDITED, tmp_path))


LOOKED_AT_ALL = """
import asyncio, atexit, gc, sys
from pathlib import Path
from tests.importing.realms import Workshop
async def wait():
    futures = [iter(asyncio.get_running_loop().create_future()) for _ in range(5)]
asyncio.run(wait())
gc.freeze()
workshop = Workshop(Path(sys.argv[1]))
realm = workshop.realm({"notes.py": "def handle(): ..."})
atexit.register(realm.load("notes:handle"))
workshop.release(realm)
gc.unfreeze()
gc.collect()
print(workshop.reports)
"""


def test_looking_at_all_of_the_heap_leaves_the_collector_in_order(tmp_path: Path) -> None:
    """CPython 3.12.0 to 3.12.5 show futures that were freed, and freeing them once more ruins their list."""
    assert re.search(rf"P0304.*{OF_C} {HANDLE}", _in_a_process(LOOKED_AT_ALL, tmp_path))


def _in_a_process(code: str, folder: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return run.stdout
