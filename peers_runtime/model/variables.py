"""Variables: settings and secrets that outlive the process, each kept in one scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from peers_runtime.model.wire import Record

Scope = Literal["device", "user", "group", "group-device", "group-user"]
SCOPES: Final[tuple[Scope, ...]] = ("device", "user", "group", "group-device", "group-user")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the value of a variable is kept; a part that its scope does not tell apart by is ""."""

    scope: Scope
    package_id: str
    variable_id: str
    context_id: str = ""
    actor_id: str = ""


@dataclass(frozen=True, slots=True)
class StoredVariable:
    """A value as it is kept: JSON text, or sealed text of a secret. `by` set it last."""

    address: Address
    value: str
    is_sealed: bool
    by: str
    at: str  # ISO 8601 in UTC


class VariableState(Record):
    """A variable of an active version as somebody finds it. The value of a secret is never in it.

    `value` is JSON data: the default while nothing is set.
    """

    variable_id: str
    name: str
    package: str
    version: str
    scope: Scope
    description: str = ""
    secret: bool = False
    is_set: bool = False
    value: Any = None
    default: Any = None
    by: str | None = None
    at: str | None = None  # ISO 8601 in UTC
