"""Where the value of a variable is kept, and to what a secret is bound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peers_runtime.model.catalog import Role
from peers_runtime.model.variables import SCOPES, Address, Scope
from peers_runtime.rules import permissions, variables


@pytest.mark.parametrize(
    ("scope", "context", "actor", "stays_here", "needed"),
    [
        ("device", "", "", True, Role.READER),
        ("user", "", "ada", False, Role.READER),
        ("group", "acme", "", False, Role.ADMIN),
        ("group-device", "acme", "", True, Role.READER),
        ("group-user", "acme", "ada", False, Role.READER),
    ],
)
def test_each_scope_tells_apart_what_it_is_named_after(
    scope: Scope, context: str, actor: str, stays_here: bool, needed: Role
) -> None:
    found = variables.address(scope, "package", "variable", "acme", "ada")
    assert found == Address(scope, "package", "variable", context, actor)
    assert variables.stays_here(scope) is stays_here
    assert permissions.NEEDED[variables.act_of_setting(scope)] == needed


def test_the_table_above_has_every_scope() -> None:
    (mark,) = test_each_scope_tells_apart_what_it_is_named_after.pytestmark  # type: ignore[attr-defined]
    assert tuple(row[0] for row in mark.args[1]) == SCOPES


def test_no_two_places_have_one_binding() -> None:
    """Nor can the end of one part be taken for the beginning of the next."""
    place = Address("group-user", "package", "variable", "acme", "ada")
    others = [
        replace(place, scope="group"),
        replace(place, package_id="other"),
        replace(place, variable_id="other"),
        replace(place, context_id="other"),
        replace(place, actor_id="other"),
        replace(place, context_id="ada", actor_id="acme"),
        replace(place, context_id="acme,ada", actor_id=""),
        replace(place, context_id='acme","actor":"ada'),
    ]
    bindings = [variables.bound_to(one) for one in (place, *others)]
    assert len(set(bindings)) == len(bindings)
