"""Stand-ins for hook implementations that have not been imported yet.

pluggy reads a function's parameters from its code, so a stub is a real function with the parameters that
the snapshot recorded. Its first call imports the implementation and puts it in the stub's place, so that
every later call costs what pluggy costs.
"""

from __future__ import annotations

import functools
import keyword
from collections.abc import Callable, Iterator, Sequence
from types import FunctionType
from typing import Any
from weakref import ref

import pluggy

from peers_runtime.base import errors
from peers_runtime.contributions import interrupts
from peers_runtime.contributions.describing import invalid_hook
from peers_runtime.contributions.ports import Contributor
from peers_runtime.model.manifest import HookData


class Plugin:
    """One version's implementations for one project, as pluggy takes them: stubs under their names.

    The version is held weakly: pluggy's managers are reference cycles, and would keep it until the garbage
    collector comes.
    """

    def __init__(self, version: Contributor, hooks: Sequence[HookData]) -> None:
        for data in hooks:
            name = data.reference.partition(":")[2]
            vars(self)[name] = _stub(Arrival(version, data), name, data)

    def __dir__(self) -> Iterator[str]:
        """The implementations only: pluggy looks at every name it is given, at a cost."""
        return iter(tuple(vars(self)))

    def bind(self, relay: pluggy.HookRelay) -> None:
        """After registration: tell the stubs where their successors go."""
        for stub in vars(self).values():
            arrival: Arrival = stub.arrival
            arrival.caller = getattr(relay, arrival.data.hook)
            arrival.stub = stub


class Arrival:
    """Imports one implementation when it is first called, and puts it in the stub's place."""

    __slots__ = ("_version", "caller", "data", "label", "stub")

    def __init__(self, version: Contributor, data: HookData) -> None:
        self._version = ref(version)
        self.label = version.label
        self.data = data
        self.caller: pluggy.HookCaller | None = None
        self.stub: object = None

    def __call__(self) -> Callable[..., Any]:
        function = self._load()
        for implementation in self.caller.get_hookimpls() if self.caller is not None else ():
            if implementation.function is self.stub:
                implementation.function = function  # type: ignore[misc]  # Final: this is what stubs are for
        return function

    def _load(self) -> Callable[..., Any]:
        version, reference, hook = self._version(), self.data.reference, self.data.hook
        package = self.label.partition("@")[0]
        if version is None:
            raise errors.NoActiveVersion(
                f"{self.label}, which implements the hook {hook!r}, is no longer active anywhere",
                hint="ask the context for its hook again: ctx.hook.NAME(…)",
                package=package,
            )
        try:
            function: Callable[..., Any] = version.load(reference)
        except errors.PeersError:
            raise
        except BaseException as error:
            if interrupts.is_interrupt(error):
                raise
            shown = version.logical(f"{type(error).__name__}: {error}")
            raise errors.HookFailed(
                f"{self.label}: {reference}, which implements the hook {hook!r}, cannot be loaded: {shown}",
                hint=f"the error is the package's own; until it is mended: peers disable {package}",
                package=package,
                version=self.label.partition("@")[2],
                hook=hook,
                reference=reference,
            ) from error
        return function


def _options(data: HookData) -> dict[str, Any]:
    name = data.reference.partition(":")[2]
    return {**data.options, "specname": data.hook if data.hook != name else None}


def _stub(arrival: Arrival, name: str, data: HookData) -> FunctionType:
    wraps = bool(data.options.get("wrapper") or data.options.get("hookwrapper"))
    for word in (name, *data.argument_names, *data.keyword_names):  # what `_maker` puts into source
        if not word.isidentifier() or keyword.iskeyword(word):
            fault = f"{word!r} is not a name"
            raise invalid_hook(data.reference, data.hook, data.project_name, fault, arrival.label)
    made: FunctionType = _maker(name, data.argument_names, data.keyword_names, wraps)(arrival, _ABSENT)
    vars(made)["arrival"] = arrival
    setattr(made, f"{data.project_name}_impl", _options(data))
    return made


_ABSENT = object()


@functools.lru_cache(maxsize=1024)
def _maker(name: str, needed: tuple[str, ...], optional: tuple[str, ...], wraps: bool) -> Callable[..., Any]:
    """A function of (arrival, absent) that makes stubs with these parameters."""
    parameters = ", ".join([*needed, *(f"{word}=_peers_absent" for word in optional)])
    given = ", ".join(f"({word!r}, {word})" for word in optional)
    named = f", **{{_n: _v for _n, _v in ({given},) if _v is not _peers_absent}}" if optional else ""
    call = f"_peers_arrive()({', '.join(needed)}{named})"
    source = (
        "def _make(_peers_arrive, _peers_absent):\n"
        f"    def {name}({parameters}):\n"
        f"        return {f'(yield from {call})' if wraps else call}\n"
        f"    return {name}\n"
    )
    names: dict[str, Any] = {}
    code = compile(source, f"<hook implementation {name}, not imported yet>", "exec")
    exec(code, names)  # noqa: S102  # of names only, which `_stub` has checked
    made: Callable[..., Any] = names["_make"]
    return made
