"""What a role may do."""

from __future__ import annotations

import pytest

from peers_runtime.model.catalog import Role
from peers_runtime.rules import permissions
from peers_runtime.rules.permissions import Act
from tests.rules.lifecycle_tables import PERMISSIONS, Permission


@pytest.mark.parametrize("row", PERMISSIONS, ids=lambda row: row.words)
def test_the_role_needed_is_the_one_of_the_table(row: Permission) -> None:
    assert permissions.NEEDED[Act[row.act]] == Role[row.role.upper()]


def test_the_table_has_every_act_once() -> None:
    assert sorted(row.act for row in PERMISSIONS) == sorted(act.name for act in Act)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_an_act_exactly_when_it_is_at_least_the_one_needed(act: Act, role: Role) -> None:
    judged = permissions.judge(act, role, "group")
    assert isinstance(judged, permissions.Allowed) == (role >= permissions.NEEDED[act])


@pytest.mark.parametrize("act", list(Act))
def test_the_personal_context_skips_role_checks(act: Act) -> None:
    assert isinstance(permissions.judge(act, Role.NONE, "personal"), permissions.Allowed)


def test_a_refusal_names_the_role_needed_and_the_role_held() -> None:
    judged = permissions.judge(Act.INSTALL, Role.READER, "group")
    assert isinstance(judged, permissions.Denied)
    assert judged.reason == "to install a package one must be Writer, the role held is Reader"
    assert (judged.needed, judged.held) == (Role.WRITER, Role.READER)


@pytest.mark.parametrize("act", list(Act))
def test_a_guest_chooses_for_everybody_and_does_all_else_for_itself(act: Act) -> None:
    assert permissions.of_guest(act) is (Act.ACTIVATE if act is Act.CHOOSE else act)
