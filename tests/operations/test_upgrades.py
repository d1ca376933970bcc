"""An automatic upgrade: what is followed and newer is used on each device; nothing is written for that."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from peers_runtime import Role
from tests.operations.acting import GROUP, ROLES, Group
from tests.rules.lifecycle_tables import UPGRADED, Upgraded

ACTORS = {role.name.lower(): actor for actor, role in ROLES.items()} | {"none": "mallory"}


def upgrades() -> Iterator[tuple[Upgraded, str, bool]]:
    for row in UPGRADED:
        for case in product(row.tags, row.override):
            yield row, *case


@pytest.mark.parametrize(("row", "tag", "override"), [*upgrades()])
def test_an_upgrade_reaches_whom_the_table_says_and_writes_no_more(
    group: Group, row: Upgraded, tag: str, override: bool
) -> None:
    """Whoever acts: nobody does. What arrives is the release alone."""
    group.release("1.0.0")
    group.runtime.follow("notes", GROUP, tags="stable,beta", device=override)
    group.build("1.1.0", activate=False)
    group.runtime.promote("notes", "1.1.0", tag, GROUP)
    after, set_to = group.rows(), group.row("1.0.0").package_version_id
    assert group.shown() == "1.1.0"
    assert "is followed here and newer than 1.0.0" in group.why()
    for role in row.roles:
        with group.open(ACTORS[role]) as runtime:
            assert runtime.services.engine.state.packages[0].version == "1.1.0"
            if role != "none":  # who may look
                assert runtime.context(GROUP).render("notes").content == "1.1.0"
    now = group.rows()
    assert tuple(name for name in now if now[name] != after[name]) == row.written
    assert (group.package.active_version_id, group.prefs.override) == (set_to, override)
    assert all(one.action != "activated" for one in group.row("1.1.0").history)
    assert "1.1.0" not in [version for version, device in group.log() if device is None]


def test_the_table_has_every_upgrade_once() -> None:
    cases = [(tag, override, role) for row, tag, override in upgrades() for role in row.roles]
    roles = [role.name.lower() for role in Role]
    assert sorted(cases) == sorted(product(("beta", "stable"), (True, False), roles))
