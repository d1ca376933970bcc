"""Telling a version that a context uses it now, or no longer.

As with pluggy, an implementation names the arguments that it wants; they were checked at capture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from peers_runtime.base import errors
from peers_runtime.contributions import interrupts
from peers_runtime.importing.current import current

if TYPE_CHECKING:
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contributions.tool_context import ToolContext


def activated(version: ActiveVersion, previous: str | None, data: Mapping[str, Any]) -> None:
    """Call its `peers_activated`; `previous` is the version that the context used before, or None."""
    _call(
        version,
        "peers_activated",
        context=_context_id(),
        version=version.package.version,
        previous=previous,
        data=dict(data),
    )


def deactivated(version: ActiveVersion, *, is_last: bool) -> dict[str, Any]:
    """Call its `peers_deactivating` and, when no context uses it any more, its `peers_dispose`.

    Answers with what `peers_dispose` put into its `data`. What the version itself raises then is listed as
    a diagnostic: the switch has happened.
    """
    data: dict[str, Any] = {}
    try:
        _call(version, "peers_deactivating", context=_context_id(), version=version.package.version)
        if is_last:
            _call(version, "peers_dispose", data=data)
    except BaseException as error:
        if interrupts.is_interrupt(error):
            raise
        version.report(
            errors.ActivationFailed.code, f"raised while it was deactivated: {type(error).__name__}: {error}"
        )
    return data


def _call(told: ActiveVersion, hook: str, /, **offered: Any) -> None:
    for implementation in told.definition.lifecycle_hooks:
        if implementation.hook == hook:
            function = cast("Callable[..., object]", told.load(implementation.reference))
            wanted = (*implementation.argument_names, *implementation.keyword_names)
            if "ctx" in wanted:
                offered["ctx"] = _tool_context(told)
            function(**{name: offered[name] for name in wanted})


def _tool_context(version: ActiveVersion) -> ToolContext | None:
    from peers_runtime.activation.view import View

    entered = current.get()
    return View(entered[0]).tool_context(version) if entered is not None else None


def _context_id() -> str | None:
    entered = current.get()
    return entered[0].context_id if entered is not None else None
