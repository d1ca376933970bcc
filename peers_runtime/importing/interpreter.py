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
import gc
import sys
from importlib import _bootstrap
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, ModuleType
    from typing import Any, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])

# Private, for its name is what the interpreter looks for.
_call_with_frames_removed = _bootstrap._call_with_frames_removed  # type: ignore[attr-defined]  # noqa: SLF001
_FROZEN_AT_START = 1_000  # objects at most; CPython 3.12 freezes some hundred itself, a process has thousands
_STOCK: tuple[object, ...] = (BuiltinImporter, FrozenImporter, PathFinder)
_IMPORTLIB = "<frozen importlib._bootstrap>"
_HOUSE = __file__.removesuffix("importing/interpreter.py").removesuffix(r"importing\interpreter.py")


def builtins_with(import_function: Callable[..., Any]) -> dict[str, Any]:
    """A copy of the builtins of now, whose import statements call `import_function`."""
    return {**vars(builtins), "__import__": import_function}


def plant(module: ModuleType, planted: dict[str, Any]) -> None:
    """Lets everything that is executed in the module's namespace run with these builtins."""
    module.__dict__["__builtins__"] = planted


def referents(thing: object) -> list[Any]:
    """What it refers to, as the collector knows it.

    Nothing of `_asyncio`: on CPython 3.12.0 to 3.12.5 that module hands out objects that were freed, which
    are then freed again, and the next collection never ends (python/cpython#122695).
    """
    return [] if thing is sys.modules.get("_asyncio") else gc.get_referents(thing)


def has_frozen_heap() -> bool:
    """Whether somebody has called `gc.freeze`."""
    return gc.get_freeze_count() > _FROZEN_AT_START


def is_initializing(module: object) -> bool:
    return getattr(getattr(module, "__spec__", None), "_initializing", False) is True


def is_stock_importer(importer: object) -> bool:
    """Whether it is one of those with which CPython starts, or stands for one in a realm."""
    return importer in _STOCK or getattr(importer, "__base__", None) is _OwnPathFinder


def own_importer(importer: Any) -> Any:
    """What a realm's code finds in its own `sys.meta_path` in place of one of the process's.

    Copies of `importlib.metadata` take `find_distributions` away from `PathFinder`: here, from a realm's own.
    """
    if importer is not PathFinder:
        return importer
    stock: Any = PathFinder
    find = classmethod(lambda _, *arguments: stock.find_distributions(*arguments))
    members = {"__module__": PathFinder.__module__, "find_distributions": find}
    return type(PathFinder.__name__, (_OwnPathFinder,), members)


def unseen(function: Function) -> Function:
    """Lets frames of the function count as importlib's own, so that `warnings` looks past them."""
    function.__code__ = function.__code__.replace(co_filename=_IMPORTLIB)
    return function


def trim(error: BaseException) -> None:
    """Takes our own frames off the outer end of the traceback.

    For an `except` block that ends in a bare `raise`: the frame that catches is then gone as well.
    """
    traceback = error.__traceback__
    while traceback is not None and _is_ours(traceback.tb_frame):
        traceback = traceback.tb_next
    error.__traceback__ = traceback


def call_from_import(function: Callable[..., object], *arguments: object) -> None:
    """Calls from a loader's `exec_module` so that a failing import shows no frame of importlib's.

    `function` takes its own frames off the traceback; the caller of this takes off its own, and no more.
    """
    try:
        _call_with_frames_removed(function, *arguments)
    except BaseException as error:
        without_this_frame(error)
        raise


def without_this_frame(error: BaseException) -> None:
    """For an `except` block that ends in a bare `raise`: the frame that catches is not in the traceback."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def is_import_statement() -> bool:
    """Whether the code that called into this house did so by an import statement, not by `__import__(…)`."""
    import opcode

    frame = _caller()
    return frame is not None and frame.f_code.co_code[frame.f_lasti] == opcode.opmap["IMPORT_NAME"]


def cannot_import(module: ModuleType, logical: str, attribute: str) -> ImportError:
    """The error with which this CPython refuses `from logical import attribute`, in its own words."""
    seen = type(sys)(logical)
    for name in ("__spec__", "__file__"):
        if name in module.__dict__:
            setattr(seen, name, module.__dict__[name])
    planted = {"__import__": lambda *_: seen}
    try:
        statement = f"from {logical} import {attribute}"
        exec(statement, {"__builtins__": planted})  # noqa: S102  # made of names that an import statement had
    except ImportError as error:
        return error.with_traceback(None)
    return ImportError(f"cannot import name {attribute!r} from {logical!r}", name=logical)


def calling_module() -> dict[str, Any]:
    """The namespace of the code that called into this house."""
    frame = _caller()
    return {} if frame is None else frame.f_globals


def _caller() -> FrameType | None:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # documented, for exactly this
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    return frame


def _is_ours(frame: FrameType) -> bool:
    filename = frame.f_code.co_filename
    return filename.startswith(_HOUSE) or filename == _IMPORTLIB


class _OwnPathFinder(PathFinder):
    """The base of all that stands for `PathFinder`."""
