"""Whom an activation reaches, and whom a promotion."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from peers_runtime.model.catalog import ContextKind, Role, VersionTag
from peers_runtime.rules import reach
from peers_runtime.rules.reach import Reach
from tests.rules.lifecycle_tables import ACTIVATED, KINDS, PROMOTED, ROLES, Activated, Promoted


def activations() -> Iterator[tuple[Activated, str, bool, str, str]]:
    """Every single case that a row of the table stands for."""
    for row in ACTIVATED:
        for case in product(row.tags, row.override, row.roles, row.kinds):
            yield row, *case


@pytest.mark.parametrize(("row", "tag", "override", "role", "kind"), [*activations()])
def test_an_activation_reaches_whom_the_table_says(
    row: Activated, tag: str, override: bool, role: str, kind: ContextKind
) -> None:
    held = Role[role.upper()]
    reached = reach.of_activation(VersionTag(tag), override=override, role=held, kind=kind)
    assert reached.reach == Reach(row.effect)
    assert row.reason in reached.reason
    assert reached.needed == (Role.ADMIN if reached.reach is Reach.NOBODY else None)


def test_the_table_has_every_activation_once() -> None:
    cases = [case for _, *case in activations()]
    assert sorted(cases) == sorted(map(list, product(VersionTag, (True, False), ROLES, KINDS)))


def promotions() -> Iterator[tuple[Promoted, str, str, str]]:
    for row in PROMOTED:
        for case in product(("beta", "stable"), row.roles, row.kinds):
            yield row, *case


@pytest.mark.parametrize(("row", "to", "role", "kind"), [*promotions()])
def test_a_promotion_activates_for_whom_the_table_says(
    row: Promoted, to: str, role: str, kind: ContextKind
) -> None:
    conditions: dict[str, Any] = row._asdict()
    reached = reach.of_promotion(
        VersionTag(to),
        **{name: conditions[name] for name in ("runs_it", "follows", "override", "pinned")},
        role=Role[role.upper()],
        kind=kind,
    )
    assert reached.reach == Reach(row.effect)
    assert row.reason in reached.reason
    if reached.needed is not None:
        assert (reached.needed, reached.reach) == (Role.ADMIN, Reach.NOBODY)


@pytest.mark.parametrize(("runs_it", "follows", "override", "pinned"), [*product((True, False), repeat=4)])
def test_a_promotion_activates_for_the_context_only_when_nothing_speaks_against_it(
    runs_it: bool, follows: bool, override: bool, pinned: bool
) -> None:
    reached = reach.of_promotion(
        VersionTag.STABLE,
        runs_it=runs_it,
        follows=follows,
        override=override,
        pinned=pinned,
        role=Role.OWNER,
        kind="group",
    )
    assert (reached.reach is Reach.CONTEXT) == (runs_it and follows and not override and not pinned)
