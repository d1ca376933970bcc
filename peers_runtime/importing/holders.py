"""Who still holds what should have been freed: the chain of references from a root, in words."""

from __future__ import annotations

import gc
import sys
import types
from inspect import CO_OPTIMIZED

from peers_runtime.importing import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any
    from weakref import ref

_STEPS = 24  # references; further away nothing can be told that helps
_WIDTH = 20_000  # objects that one step goes on from
_KEY = 60  # characters of a dictionary's key that are shown


class Holder:
    """One reason why something is alive.

    `path` leads from a root (`audit.SEEN['last'][0]`) to `held`; `kind` is the type of what refers to it.
    """

    __slots__ = ("held", "kind", "path")

    def __init__(self, held: str, path: str, kind: str) -> None:
        self.held = held
        self.path = path
        self.kind = kind

    def __repr__(self) -> str:
        return f"<Holder {self}>"

    def __str__(self) -> str:
        return f"{self.path} ({self.kind}) holds {self.held}"


def holders(references: Iterable[ref[Any]]) -> list[Holder]:
    """The holders nearest to the living among the given, each place once. Empty when none is alive.

    Walks backwards from what is alive; each step is a scan of the whole heap.
    """
    return _Search(references).run()


class _Search:
    def __init__(self, references: Iterable[ref[Any]]) -> None:
        self._alive = [thing for reference in references if (thing := reference()) is not None]
        self._child: dict[int, Any] = {id(thing): None for thing in self._alive}  # towards what is held
        self._seen: list[Any] = list(self._alive)  # so that no id is used again while we walk
        self._running = {id(frame) for frame in _running_frames()}
        self._roots = {
            id(vars(module)): name
            for name, module in tuple(sys.modules.items())
            if type(module) is types.ModuleType and id(module) not in self._child
        }
        self._found: list[Holder] = []

    def run(self) -> list[Holder]:
        if not self._alive:
            return []
        last = frontier = self._alive
        for _ in range(_STEPS):
            last, frontier = frontier, self._step(frontier)
            if self._found or not frontier:
                break
        if not self._found:
            self._look_at_running_code()
        if not self._found:
            self._found.append(self._holder("C code", last[0]))
        return list({holder.path: holder for holder in self._found}.values())

    def _step(self, frontier: list[Any]) -> list[Any]:
        wanted = {id(thing): thing for thing in frontier}
        fresh: list[Any] = []
        own = {
            id(each) for each in (frontier, wanted, fresh, self._alive, self._child, self._seen, vars(self))
        }
        for referrer in gc.get_referrers(*frontier):
            if id(referrer) in own or id(referrer) in self._child or _is_frame_of_ours(referrer):
                continue
            child = next((each for each in gc.get_referents(referrer) if id(each) in wanted), None)
            if child is None:
                continue
            self._child[id(referrer)] = child
            self._seen.append(referrer)
            where = self._root(referrer)
            if where is not None:
                self._found.append(self._holder(where, referrer))
            elif len(fresh) < _WIDTH:
                fresh.append(referrer)
        return fresh

    def _root(self, referrer: Any) -> str | None:
        if isinstance(referrer, types.ModuleType):
            is_loaded = sys.modules.get(referrer.__name__) is referrer
            return f"the module {referrer.__name__}" if is_loaded else None
        if isinstance(referrer, types.FrameType) and id(referrer) in self._running:
            return _place(referrer)
        return self._roots.get(id(referrer))

    def _look_at_running_code(self) -> None:
        """Variables of running functions are in no container that the collector knows."""
        for frame in _running_frames():
            if _is_frame_of_ours(frame):
                continue
            values = frame.f_locals
            for name, value in tuple(values.items()):
                if id(value) in self._child:
                    self._found.append(self._holder(f"{_place(frame)}, variable {name}", value))
                    if type(values) is dict and frame.f_code.co_flags & CO_OPTIMIZED:
                        # Before CPython 3.13 this is a copy that stays with the frame, and would hold on.
                        del values[name]

    def _holder(self, where: str, root: Any) -> Holder:
        path, thing, kind = names.logical(where), root, "variable"
        while (child := self._child[id(thing)]) is not None:
            kind = "module" if id(thing) in self._roots else type(thing).__name__
            path += _step_name(thing, child, is_namespace=id(thing) in self._roots)
            thing = child
        return Holder(_label(thing), path, kind)


def _running_frames() -> Iterator[types.FrameType]:
    for top in sys._current_frames().values():  # noqa: SLF001  # documented, for debugging
        frame: types.FrameType | None = top
        while frame is not None:
            yield frame
            frame = frame.f_back


def _is_frame_of_ours(thing: object) -> bool:
    return isinstance(thing, types.FrameType) and thing.f_code.co_filename == __file__


def _place(frame: types.FrameType) -> str:
    return f"running code at {frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"


def _label(thing: Any) -> str:
    if isinstance(thing, types.ModuleType):
        return f"module {names.logical(thing.__name__)}"
    if isinstance(thing, type):
        return f"class {names.logical(f'{thing.__module__}.{thing.__qualname__}')}"
    return type(thing).__name__


def _step_name(holder: Any, child: Any, *, is_namespace: bool) -> str:
    """How one object refers to another: `.attribute`, `[key]`, `[index]`, or by what kind of reference."""
    if isinstance(holder, dict):
        for key, value in tuple(holder.items()):
            if value is child:
                return f".{key}" if is_namespace else f"[{_short(key)}]"
        return " as a key"
    if isinstance(holder, (list, tuple)):
        return next((f"[{place}]" for place, value in enumerate(holder) if value is child), "")
    if isinstance(holder, types.FunctionType):
        return f" → function {holder.__qualname__}"
    if isinstance(holder, types.FrameType):
        return f" → a frame of {holder.f_code.co_name}"
    for name, value in tuple(getattr(holder, "__dict__", {}).items()):
        if value is child:
            return f".{name}"
    return "" if isinstance(holder, types.CellType) else f" → {type(holder).__name__}"


def _short(key: object) -> str:
    text = names.logical(repr(key))
    return text if len(text) <= _KEY else text[: _KEY - 1] + "…"
