"""`Variable` declares a setting or a secret that outlives the process."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

from peers_runtime.authoring import places
from peers_runtime.base import ids
from peers_runtime.model.variables import SCOPES, Scope


class Variable:
    """A value of any type that pydantic can validate, kept in one scope.

    `device`: this installation, in all contexts. `user`: who acts, in all contexts. `group`: everybody in the
    context. `group-device` and `group-user`: the device, or who acts, in that context. A `secret` is kept
    encrypted and has no default. Raises `MalformedId` or `InvalidDefinition` where it is written.
    """

    __slots__ = ("adapter", "default", "description", "name", "place", "scope", "secret", "variable_id")

    adapter: TypeAdapter[Any]
    default: Any
    scope: Scope

    def __init__(
        self,
        variable_id: str,
        name: str,
        type: Any = str,  # noqa: A002  # what it is
        scope: Scope = "user",
        default: Any = None,
        *,
        secret: bool = False,
        description: str = "",
    ) -> None:
        place = places.caller()
        if not places.is_text(name):
            raise places.invalid(place, f"Variable.name is {name!r}; a variable needs a name")
        if scope not in SCOPES:
            raise places.invalid(
                place, f"Variable {name!r}: scope is {scope!r}", f"there are: {', '.join(SCOPES)}"
            )
        if secret and default is not None:
            raise places.invalid(
                place,
                f"Variable {name!r}: a secret has a default, which everybody could read in the package",
                f"leave it out; who uses the package sets it with: peers vars set {name} -",
            )
        try:
            self.adapter = TypeAdapter(type)
        except PydanticUserError as error:
            raise places.invalid(
                place, f"Variable {name!r}: pydantic cannot validate the type {type!r}: {error.message}"
            ) from error
        self.variable_id = ids.check(variable_id, f"{place}: Variable.variable_id")
        self.name = name
        self.scope = scope
        self.secret = bool(secret)
        self.description = description
        self.place = place
        self.default = None if default is None else _fitting(self, default)

    def __repr__(self) -> str:
        return f"<Variable {self.name}>"


def _fitting(variable: Variable, default: object) -> Any:
    try:
        return variable.adapter.validate_python(default)
    except ValidationError as error:
        faults = "; ".join(fault["msg"] for fault in error.errors())
        raise places.invalid(
            variable.place,
            f"Variable {variable.name!r}: the default {default!r} does not fit its type: {faults}",
            "correct it, or leave it out",
        ) from error
