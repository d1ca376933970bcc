"""What a version may leave to the next: state that keeps nothing of the old one in memory."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterator, Mapping
from types import AsyncGeneratorType, CoroutineType, FrameType, FunctionType, GeneratorType, ModuleType
from typing import Any

from peers_runtime.importing import names

_PLAIN = (type(None), bool, int, float, complex, str, bytes, bytearray)


def judge(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What can be handed over, and for each key that cannot be why not, naming the place and the type.

    Good is plain data and what belongs to the host: any object in which, as far as its contents,
    attributes and bound functions lead, no class, function or module is a package's own.
    """
    good: dict[str, Any] = {}
    faults: list[str] = []
    for key, value in data.items():
        try:
            fault = _fault(value, f"data[{key!r}]")
        except Exception as error:  # noqa: BLE001  # attributes may run code, which may fail
            fault = f"data[{key!r}] cannot be looked into ({type(error).__name__}: {error})"
        if fault is None:
            good[key] = value
        else:
            faults.append(fault)
    return good, faults


def _fault(value: object, place: str) -> str | None:
    seen: set[int] = set()
    kept: list[object] = []  # or an id might be used again while we look
    waiting = [(place, value)]
    while waiting:
        where, thing = waiting.pop()
        if (isinstance(thing, _PLAIN) and type(thing) in _PLAIN) or id(thing) in seen:
            continue
        seen.add(id(thing))
        kept.append(thing)
        owner = _owner(thing)
        if owner is not None:
            return f"{where} is {owner}"
        waiting.extend(_parts(where, thing))
    return None


def _owner(thing: object) -> str | None:
    """What of a package an object is, in words."""
    kind = type(thing)
    if isinstance(thing, ModuleType):
        return f"the module {names.logical(thing.__name__)}" if _is_versioned(thing.__name__) else None
    if isinstance(thing, type | FunctionType) and _is_versioned(thing.__module__):
        word = "class" if isinstance(thing, type) else "function"
        return f"the {word} {names.logical(f'{thing.__module__}.{thing.__qualname__}')}"
    frame = _frame(thing)
    if frame is not None and _is_versioned(frame.f_globals.get("__name__")):
        return f"code of {names.logical(frame.f_globals['__name__'])} that has not ended"
    if _is_versioned(kind.__module__):
        return f"an object of the class {names.logical(f'{kind.__module__}.{kind.__qualname__}')}"
    return None


def _frame(thing: object) -> FrameType | None:
    """The frame of what stands still in the middle of running."""
    if isinstance(thing, GeneratorType):
        return thing.gi_frame
    if isinstance(thing, CoroutineType):
        return thing.cr_frame
    if isinstance(thing, AsyncGeneratorType):
        return thing.ag_frame
    return thing if isinstance(thing, FrameType) else None


def _is_versioned(module: object) -> bool:
    return isinstance(module, str) and module.startswith(names.PREFIX)


def _parts(where: str, thing: Any) -> Iterator[tuple[str, object]]:
    """What an object leads to. Classes and modules of the host are its own, whatever they hold."""
    if isinstance(thing, type | ModuleType):
        return
    if isinstance(thing, FunctionType):
        for cell in thing.__closure__ or ():
            yield f"{where}, a variable", cell
        yield f"{where}, its defaults", (thing.__defaults__, thing.__kwdefaults__)
    elif isinstance(thing, Mapping):
        for key, value in tuple(thing.items()):
            yield f"a key of {where}", key
            yield f"{where}[{key!r:.60}]", value
    elif isinstance(thing, list | tuple | set | frozenset | deque):
        for place, value in enumerate(tuple(thing)):
            yield f"{where}[{place}]", value
    elif isinstance(thing, FrameType):
        yield f"{where}, its variables", thing.f_locals
    else:  # what is built in may have parts that only the collector knows
        for child in gc.get_referents(thing):
            yield f"{where} → {type(child).__name__}", child
    for name, value in _attributes(thing):
        yield f"{where}.{name}", value


def _attributes(thing: object) -> Iterator[tuple[str, object]]:
    for kind in type(thing).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in {"__dict__", "__weakref__"} and hasattr(thing, name):
                yield name, getattr(thing, name)
    yield from tuple(getattr(thing, "__dict__", {}).items())
