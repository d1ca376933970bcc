"""Everything here rests on how CPython works, and nothing elsewhere does. One test per interpreter.

What is relied on, on CPython 3.11 and later:

- A function's builtins are its globals' `__builtins__` at the moment of its making, and `IMPORT_NAME`
  calls the `__import__` it finds there. Code that is run by `exec` with fresh globals inherits them.
- `spec._initializing` is true from the moment a module is in `sys.modules` until it has been executed.
- An exception that is raised again by a bare `raise` gets no further entry for the raising frame.
- Frames of `importlib._bootstrap` are cut out of the traceback of a failing import by the interpreter,
  when the last of them is `_call_with_frames_removed`.
"""

from __future__ import annotations

import builtins
import sys
from importlib import _bootstrap  # type: ignore[attr-defined]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, ModuleType
    from typing import Any

_HOUSE = __file__.removesuffix("importing/interpreter.py").removesuffix(r"importing\interpreter.py")


def builtins_with(import_function: Callable[..., Any]) -> dict[str, Any]:
    """A copy of the builtins of now, whose import statements call `import_function`."""
    return {**vars(builtins), "__import__": import_function}


def plant(module: ModuleType, planted: dict[str, Any]) -> None:
    """Lets everything that is executed in the module's namespace run with these builtins."""
    module.__dict__["__builtins__"] = planted


def is_initializing(module: object) -> bool:
    return getattr(getattr(module, "__spec__", None), "_initializing", False) is True


def trim(error: BaseException) -> None:
    """Takes our own frames off the outer end of the traceback.

    For an `except` block that ends in a bare `raise`: the frame that catches is then gone as well.
    """
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code.co_filename.startswith(_HOUSE):
        traceback = traceback.tb_next
    error.__traceback__ = traceback


def call_from_import(function: Callable[..., object], *arguments: object) -> None:
    """Calls from a loader's `exec_module` so that a failing import shows no frame of importlib's.

    `function` takes its own frames off; the caller of this takes off its own.
    """
    _bootstrap._call_with_frames_removed(function, *arguments)


def is_import_statement() -> bool:
    """Whether the code that called into this house did so by an import statement, not by `__import__(…)`."""
    import opcode

    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_HOUSE):
        frame = frame.f_back
    return frame is not None and frame.f_code.co_code[frame.f_lasti] == opcode.opmap["IMPORT_NAME"]


def cannot_import(module: ModuleType, logical: str, attribute: str) -> ImportError:
    """The error with which this CPython refuses `from logical import attribute`, in its own words."""
    seen = type(sys)(logical)
    for name in ("__spec__", "__file__"):
        if name in module.__dict__:
            setattr(seen, name, module.__dict__[name])
    planted = {"__import__": lambda *_: seen}
    try:
        exec(f"from {logical} import {attribute}", {"__builtins__": planted})
    except ImportError as error:
        return error.with_traceback(None)
    return ImportError(f"cannot import name {attribute!r} from {logical!r}", name=logical)
