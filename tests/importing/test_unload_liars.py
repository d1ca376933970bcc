"""A package's objects may say anything about themselves; its realm is dropped all the same."""

from __future__ import annotations

import gc
import logging
import weakref

from peers_runtime.importing.finder import finder
from tests.importing.realms import Workshop

LIARS = """
    class Nameless:
        __module__ = None
    class Proxy:
        @property
        def __class__(self): raise RuntimeError("bound to nothing")
    proxy = Proxy()
"""
HANDLER = """
    import logging
    class Handler(logging.Handler):
        __module__ = None
        def emit(self, record): ...
"""


def test_objects_that_lie_about_themselves_do_not_stop_the_drop(workshop: Workshop) -> None:
    realm = workshop.realm({"notes.py": LIARS})
    module = weakref.ref(realm.module("notes"))
    workshop.release(realm)
    gc.collect()
    assert module() is None
    assert workshop.reports == []


def test_a_handler_that_does_not_say_whose_it_is_stays_and_stops_nothing(workshop: Workshop) -> None:
    realm = workshop.realm({"notes.py": HANDLER})
    handler = realm.load("notes:Handler")()
    logging.getLogger("elsewhere").addHandler(handler)
    workshop.release(realm)
    assert handler in logging.getLogger("elsewhere").handlers
    logging.getLogger("elsewhere").removeHandler(handler)
    assert finder().realm(realm.tag) is None
