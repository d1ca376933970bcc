"""Where the value of a variable is kept, who may set it there, and to what a secret is bound."""

from __future__ import annotations

from typing import Final

from peers_runtime.base import canonical
from peers_runtime.model.variables import Address, Scope
from peers_runtime.rules.permissions import Act

_FORMAT: Final = 1
_OF_CONTEXT: Final = frozenset({"group", "group-device", "group-user"})
_OF_ACTOR: Final = frozenset({"user", "group-user"})
_OF_DEVICE: Final = frozenset({"device", "group-device"})


def address(scope: Scope, package_id: str, variable_id: str, context_id: str, actor: str) -> Address:
    """Where the variable is kept for who acts in a context."""
    return Address(
        scope,
        package_id,
        variable_id,
        context_id if scope in _OF_CONTEXT else "",
        actor if scope in _OF_ACTOR else "",
    )


def stays_here(scope: Scope) -> bool:
    """Whether it is kept in the home, and never in a catalog that homes share."""
    return scope in _OF_DEVICE


def act_of_setting(scope: Scope) -> Act:
    """What setting it in a context is: one of the five scopes is everybody's, the others are one's own."""
    return Act.SET_FOR_ALL if scope == "group" else Act.SET_OWN


def bound_to(at: Address) -> bytes:
    """What a secret is sealed with besides its text: in another row's place it cannot be opened."""
    return canonical.dumps(
        {
            "format": _FORMAT,
            "scope": at.scope,
            "package": at.package_id,
            "variable": at.variable_id,
            "context": at.context_id,
            "actor": at.actor_id,
        }
    )
