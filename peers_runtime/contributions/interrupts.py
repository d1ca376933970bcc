"""Telling an interrupt, which is the host's business, from a package's own failure."""

from __future__ import annotations

import sys


def is_interrupt(error: BaseException) -> bool:
    """Whether somebody pressed Ctrl-C or cancelled the task; every other error is the package's.

    A package may raise what is no `Exception`: `SystemExit`, `GeneratorExit` or a class of its own.
    """
    if isinstance(error, KeyboardInterrupt):
        return True
    # Nobody can have cancelled a task before asyncio was imported, and a host's start must not import it.
    cancelled = getattr(sys.modules.get("asyncio.exceptions"), "CancelledError", None)
    return cancelled is not None and isinstance(error, cancelled)
