"""The hooks of a version's own life: `peers_activated`, `peers_deactivating`, `peers_dispose`.

They follow pluggy's rule for arguments: an implementation names those it wants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from peers_runtime.base import errors
from peers_runtime.importing.current import current

if TYPE_CHECKING:
    from collections.abc import Callable

    from peers_runtime.activation.versions import ActiveVersion


def activated(version: ActiveVersion, previous: str | None) -> None:
    """Tell a version that it is in use now; `previous` is the version before it, as text, or None."""
    _call(version, "peers_activated", {"previous": previous, "data": {}})


def deactivated(version: ActiveVersion, *, is_last: bool) -> None:
    """Tell a version that the context no longer uses it, and, when no context does, to give up what it holds.

    What the version itself raises then is listed as a diagnostic: the switch has happened.
    """
    try:
        _call(version, "peers_deactivating", {})
        if is_last:
            _call(version, "peers_dispose", {"data": {}})
    except Exception as error:
        version.report(
            errors.ActivationFailed.code, f"raised while it was deactivated: {type(error).__name__}: {error}"
        )


def _call(version: ActiveVersion, hook: str, arguments: dict[str, Any]) -> None:
    entered = current.get()
    offered = {
        "context": entered[0].context_id if entered is not None else None,
        "version": version.package.version,
        **arguments,
    }
    for implementation in version.definition.lifecycle_hooks:
        if implementation.hook == hook:
            function = cast("Callable[..., object]", version.load(implementation.reference))
            function(**{name: offered[name] for name in implementation.argument_names})
