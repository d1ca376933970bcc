"""Who still holds what should have been freed: the chain of references from a root, in words."""

from __future__ import annotations

import gc
import sys
import types
from collections import Counter
from inspect import CO_OPTIMIZED
from time import monotonic

from peers_runtime.importing import interpreter, names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any
    from weakref import ref

_STEPS = 24  # references; further away nothing can be told that helps
_FEW = 20  # objects that one scan of the heap compares with
_LONGEST_S = 10.0  # of walking, after which nobody can be named
_WIDTH = 20_000  # objects that one step goes on from
_REACH = 2_000_000  # objects that are looked at when going forward, for each about 0.1 kB and 2 µs
_KEY = 60  # characters of a dictionary's key that are shown
_MOST = 3  # that are named of what C code holds
_UNSEEN = "C code (atexit, codecs, signal, an audit hook, an extension module)"


class Holder:
    """One reason why something is alive.

    `path` leads from a root (`audit.SEEN['last'][0]`) to `held`; `kind` is the type of what refers to it,
    where that is known.
    """

    __slots__ = ("held", "kind", "path")

    def __init__(self, held: str, path: str, kind: str) -> None:
        self.held = held
        self.path = path
        self.kind = kind

    def __repr__(self) -> str:
        return f"<Holder {self}>"

    def __str__(self) -> str:
        kind = f" ({self.kind})" if self.kind else ""
        return f"{self.path}{kind} holds {self.held}"


def holders(references: Iterable[ref[Any]]) -> list[Holder]:
    """The holders nearest to the living among the given, each place once. Empty when none is alive.

    Walks backwards from what is alive; each step is a scan of the whole heap. What was frozen
    (`gc.freeze`) is not in its sight: then modules are followed forwards, too.
    """
    return _Search(references).run()


class _Search:
    def __init__(self, references: Iterable[ref[Any]]) -> None:
        self._alive = [thing for reference in references if (thing := reference()) is not None]
        self._child: dict[int, Any] = {id(thing): None for thing in self._alive}  # towards what is held
        self._seen: list[Any] = list(self._alive)  # so that no id is used again while we walk
        self._running = {id(frame) for frame in _running_frames()}
        modules = {
            name: module
            for name, module in tuple(sys.modules.items())
            if type(module) is types.ModuleType and id(module) not in self._child
        }
        self._namespaces: list[Any] = [vars(module) for module in modules.values()]
        self._roots = {id(vars(module)): name for name, module in modules.items()}
        self._found: list[Holder] = []
        self._until = monotonic() + _LONGEST_S

    def run(self) -> list[Holder]:
        if not self._alive:
            return []
        frontier = self._alive
        for _ in range(_STEPS):
            frontier = self._step(frontier)
            if self._found or not frontier or monotonic() > self._until:
                break
        del frontier
        if not self._found and interpreter.has_frozen_heap():
            self._go_forward()
        if not self._found:
            self._look_at_running_code()
        if not self._found:
            self._found.extend(self._holder(_UNSEEN, thing) for thing in self._held_unseen()[:_MOST])
        return list({(holder.path, holder.held): holder for holder in self._found}.values())

    def _step(self, frontier: list[Any]) -> list[Any]:
        wanted = {id(thing): thing for thing in frontier}
        fresh: list[Any] = []
        own = {
            id(each)
            for each in (
                *(frontier, wanted, fresh, vars(self)),
                *(self._alive, self._child, self._seen, self._namespaces),
            )
        }
        for referrer in _referrers(frontier, wanted):
            if id(referrer) in own or id(referrer) in self._child or _is_frame_of_ours(referrer):
                continue
            child = next((each for each in interpreter.referents(referrer) if id(each) in wanted), None)
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

    def _go_forward(self) -> None:
        """Look for the nearest object below a module that refers to what was found by going backwards."""
        parents: dict[int, Any] = {}
        frontier = self._namespaces
        while frontier and len(parents) < _REACH:
            fresh: list[Any] = []
            for thing in frontier:
                for child in interpreter.referents(thing):
                    if id(child) in self._child:
                        self._found.append(self._holder_below(thing, child, parents))
                        return
                    if gc.is_tracked(child) and id(child) not in parents:
                        parents[id(child)] = thing
                        fresh.append(child)
            frontier = fresh

    def _holder_below(self, thing: Any, child: Any, parents: dict[int, Any]) -> Holder:
        self._child[id(thing)] = child
        while id(thing) not in self._roots:
            above = parents[id(thing)]
            self._child[id(above)] = thing
            thing = above
        return self._holder(self._roots[id(thing)], thing)

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

    def _held_unseen(self) -> list[Any]:
        """Those of what was found to which there are more references than the collector can account for.

        An object that is in no list of the collector refers to its class, too: so classes count only when
        there is nothing else.
        """
        gc.collect()  # frames that were looked at are garbage, and may refer to what they had
        containers = (self._seen, self._alive, self._child, *self._seen)
        seen = Counter(id(child) for container in containers for child in interpreter.referents(container))
        del containers
        counts = zip(self._seen, _reference_counts(self._seen), strict=True)
        held = [thing for thing, count in counts if count > seen[id(thing)]]
        return [thing for thing in held if not isinstance(thing, type)] or held

    def _holder(self, where: str, root: Any) -> Holder:
        path, thing, kind = names.logical(where), root, "" if where is _UNSEEN else "variable"
        while (child := self._child[id(thing)]) is not None:
            kind = "module" if id(thing) in self._roots else type(thing).__name__
            path += _step_name(thing, child, is_namespace=id(thing) in self._roots)
            thing = child
        return Holder(_label(thing), path, kind)


def _referrers(frontier: list[Any], wanted: dict[int, Any]) -> list[Any]:
    """What refers to one of these. `gc.get_referrers` compares with each of them, so many are looked up."""
    if len(frontier) <= _FEW:
        return gc.get_referrers(*frontier)
    return [
        one for one in gc.get_objects() if any(id(child) in wanted for child in interpreter.referents(one))
    ]


def _reference_counts(things: Iterable[object]) -> list[int]:
    """Without the references that counting itself makes."""
    counting = _plain_counts([object()])[0] - 1
    return [count - counting for count in _plain_counts(things)]


def _plain_counts(things: Iterable[object]) -> list[int]:
    return [sys.getrefcount(thing) for thing in things]


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
    if isinstance(thing, type | types.FunctionType):
        word = "class" if isinstance(thing, type) else "function"
        return f"{word} {names.logical(f'{thing.__module__}.{thing.__qualname__}')}"
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
