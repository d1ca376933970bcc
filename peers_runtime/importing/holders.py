"""Who still holds what should have been freed: the chain of references from a root, in words."""

from __future__ import annotations

import gc
import sys
import types

from peers_runtime.importing import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any
    from weakref import ref

_DEPTH = 24  # references; further away nothing can be told that helps
_WIDTH = 20_000  # objects looked at in one step


class Holder:
    """One reason why `held` is alive. `path` is where the reference starts, `kind` the type that holds."""

    __slots__ = ("held", "kind", "path")

    def __init__(self, held: str, path: str, kind: str) -> None:
        self.held = held
        self.path = path
        self.kind = kind

    def __repr__(self) -> str:
        return f"Holder({self})"

    def __str__(self) -> str:
        return f"{self.path} ({self.kind}) holds {self.held}"


def holders(references: Iterable[ref[Any]]) -> list[Holder]:
    """The holders nearest to the living among the given, each root once. Empty when none is alive.

    Walks backwards from what is alive, one scan of the heap for each step.
    """
    return _Search(references).run()


class _Search:
    def __init__(self, references: Iterable[ref[Any]]) -> None:
        alive = [thing for reference in references if (thing := reference()) is not None]
        self._alive = alive
        self._parents: dict[int, Any] = {id(thing): None for thing in alive}
        self._keep: list[Any] = list(alive)  # so that no id is used again while we walk
        self._namespaces = {
            id(vars(module)): name
            for name, module in tuple(sys.modules.items())
            if isinstance(module, types.ModuleType)
            and type(module).__getattribute__ is types.ModuleType.__getattribute__
            and id(module) not in self._parents
        }
        self._found: list[Holder] = []

    def run(self) -> list[Holder]:
        frontier = list(self._alive)
        for _ in range(_DEPTH):
            if not frontier or self._found:
                break
            frontier = self._step(frontier)
        if not self._found:
            self._look_at_frames()
        return list({holder.path: holder for holder in self._found}.values())

    def _step(self, frontier: list[Any]) -> list[Any]:
        wanted = {id(thing): thing for thing in frontier}
        ours = {
            id(frontier),
            id(wanted),
            id(self._keep),
            id(self._alive),
            id(self._parents),
            id(self.__dict__),
        }
        fresh: list[Any] = []
        referrers = gc.get_referrers(*frontier)
        ours |= {id(referrers), id(fresh), id(sys._getframe())}
        for referrer in referrers:
            if id(referrer) in ours or id(referrer) in self._parents or _is_ours(referrer):
                continue
            child = next((each for each in gc.get_referents(referrer) if id(each) in wanted), None)
            if child is None:
                continue
            self._parents[id(referrer)] = child
            self._keep.append(referrer)
            if not self._is_root(referrer) and len(fresh) < _WIDTH:
                fresh.append(referrer)
        return fresh

    def _is_root(self, referrer: Any) -> bool:
        where = self._namespaces.get(id(referrer))
        if where is None and isinstance(referrer, types.FrameType):
            code = referrer.f_code
            where = f"the running code at {code.co_filename}:{referrer.f_lineno} in {code.co_name}"
        if where is None:
            return False
        self._name(where, referrer)
        return True

    def _look_at_frames(self) -> None:
        """Local variables of running functions are in no container that the collector knows."""
        for top in sys._current_frames().values():
            frame: types.FrameType | None = top
            while frame is not None:
                if not _is_ours(frame):
                    for name, value in frame.f_locals.items():
                        if id(value) in self._parents:
                            code = frame.f_code
                            where = f"{code.co_filename}:{frame.f_lineno} in {code.co_name}, variable {name}"
                            self._found.append(Holder(self._held(value), where, type(value).__name__))
                            break
                frame = frame.f_back

    def _name(self, where: str, root: Any) -> None:
        path = names.logical(where)
        thing = root
        kind = ""
        steps = 0
        while self._parents[id(thing)] is not None:
            child = self._parents[id(thing)]
            path += _step_name(thing, child, is_module=thing is root)
            if steps == 0 or not kind:
                kind = type(child).__name__
            thing = child
            steps += 1
        self._found.append(Holder(_label(thing), path, kind))

    def _held(self, thing: Any) -> str:
        while self._parents[id(thing)] is not None:
            thing = self._parents[id(thing)]
        return _label(thing)


def _is_ours(thing: Any) -> bool:
    return isinstance(thing, types.FrameType) and thing.f_code.co_filename == __file__


def _label(thing: Any) -> str:
    name = getattr(thing, "__qualname__", None)
    module = getattr(thing, "__module__", None)
    if isinstance(thing, types.ModuleType):
        return f"module {names.logical(thing.__name__)}"
    return f"{type(thing).__name__} {names.logical(f'{module}.{name}')}" if name else type(thing).__name__


def _step_name(holder: Any, child: Any, *, is_module: bool) -> str:
    """How one object refers to another: `.attribute`, `[key]`, `[index]` or the kind of the reference."""
    if isinstance(holder, dict):
        for key, value in tuple(holder.items()):
            if value is child:
                return f".{key}" if is_module else f"[{_short(key)}]"
        return " as a key"
    if isinstance(holder, (list, tuple)):
        return next((f"[{place}]" for place, value in enumerate(holder) if value is child), "")
    if isinstance(holder, types.CellType):
        return ""
    if isinstance(holder, types.FunctionType):
        return ", a function's closure" if isinstance(child, tuple) else ", a function's namespace"
    for name, value in tuple(getattr(holder, "__dict__", {}).items()):
        if value is child:
            return f".{name}"
    return f", by {type(holder).__name__}"


def _short(key: Any) -> str:
    text = names.logical(repr(key))
    return text if len(text) <= 60 else text[:57] + "..."
