"""Imports modules and runs a use, in whatever way of importing it is handed.

As a script it is the other side of the comparison: a stock CPython that sees the standard library and the
folders it is given, which hold the same wheels unpacked.

    python -I stock.py FOLDER… < the names of modules, as JSON
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable
from typing import Any

USE = "trial.use"  # the module whose `use()` is called

Failure = tuple[str, str, str]
"""The kind of an error, the top-level module that is missing, and what is said."""


def imported(names: Iterable[str], import_: Callable[[str], object]) -> dict[str, Failure]:
    """The failure of each module that cannot be imported."""
    failed: dict[str, Failure] = {}
    for name in names:
        try:
            import_(name)
        except BaseException as error:  # a module may well leave the program
            failed[name] = _failure(error)
    return failed


def used(import_: Callable[[str], Any]) -> tuple[object, str]:
    """What a use has made, and what went wrong in it."""
    try:
        return import_(USE).use(), ""
    except BaseException:
        return None, traceback.format_exc(limit=-4)


def quiet() -> Callable[[object], None]:
    """Has nobody print any more; the answer writes JSON to where they would have, and ends the process."""
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)

    def answer(data: object) -> None:
        json.dump(data, out)
        out.close()
        os._exit(0)  # what modules have left behind, threads say, is not waited for

    return answer


def _failure(error: BaseException) -> Failure:
    if isinstance(error, ModuleNotFoundError):
        return "ModuleNotFoundError", (error.name or "").partition(".")[0], str(error).partition("\n")[0]
    return type(error).__name__, "", str(error)


def main(folders: list[str]) -> None:
    sys.path[:] = [*folders, *(each for each in sys.path if "site-packages" not in each)]
    names = json.load(sys.stdin)
    answer = quiet()
    _, first = used(importlib.import_module)
    failed = imported(names, importlib.import_module)
    _, again = used(importlib.import_module)
    answer({"failed": failed, "used": [first, again]})


if __name__ == "__main__":
    main(sys.argv[1:])
