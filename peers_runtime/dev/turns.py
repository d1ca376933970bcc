"""Other threads get their turn sooner while a reload computes, so that a host's requests wait less for it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

_TURN_S = 0.002  # of CPython's 0.005 by default: how long a thread that computes may keep the others waiting

_guard = threading.Lock()
_reloads = 0  # that compute now, of all runtimes of the process
_usual_s = 0.0


@contextmanager
def sooner() -> Generator[None]:
    """Until the end, the interpreter's switch interval is 2 ms at most; then it is again what it was."""
    global _reloads, _usual_s  # noqa: PLW0603  # the interval is the process's
    with _guard:
        if not _reloads:
            _usual_s = sys.getswitchinterval()
            sys.setswitchinterval(min(_usual_s, _TURN_S))
        _reloads += 1
    try:
        yield
    finally:
        with _guard:
            _reloads -= 1
            if not _reloads:
                sys.setswitchinterval(_usual_s)
