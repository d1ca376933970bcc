"""Who is what in a group: up to one's own role, never without an Owner."""

from __future__ import annotations

import pytest

from peers_runtime import InvalidSetting, LastOwner, PeersError, Role, RoleTooLow, UnknownContext
from tests.operations.acting import GROUP, Group


def give(group: Group, member: str, role: Role, actor: str) -> None:
    """First dry, then in earnest; the dry run says the same and changes nothing."""
    before = group.state_of_group()
    told = group.runtime.members.set(GROUP, member, role, actor, dry_run=True)
    assert group.state_of_group() == before
    done = group.runtime.members.set(GROUP, member, role, actor)
    assert told == done
    known = {one.actor_id: one.role for one in group.runtime.members.list(GROUP, "ada")}
    assert known.get(member, Role.NONE) is role


def refuse(group: Group, member: str, role: Role, actor: str, kind: type[PeersError]) -> PeersError:
    before = group.state_of_group()
    for dry_run in (True, False):
        with pytest.raises(kind) as caught:
            group.runtime.members.set(GROUP, member, role, actor, dry_run=dry_run)
        assert caught.value.hint
        assert group.state_of_group() == before
    return caught.value


@pytest.mark.parametrize("role", [Role.READER, Role.WRITER, Role.ADMIN])
def test_an_admin_gives_up_to_their_own_role(group: Group, role: Role) -> None:
    give(group, "nina", role, "alan")
    assert group.runtime.context(GROUP, "nina").context_id == GROUP


def test_an_admin_makes_no_owner_and_lowers_none(group: Group) -> None:
    error = refuse(group, "nina", Role.OWNER, "alan", RoleTooLow)
    assert (error.facts["needed"], error.facts["held"]) == ("OWNER", "ADMIN")
    give(group, "olga", Role.OWNER, "ada")
    error = refuse(group, "olga", Role.READER, "alan", RoleTooLow)
    assert "change olga, who is Owner" in error.message


@pytest.mark.parametrize("actor", ["grace", "rita", "mallory"])
def test_below_admin_nobody_is_given_a_role(group: Group, actor: str) -> None:
    error = refuse(group, "nina", Role.READER, actor, RoleTooLow)
    assert error.facts["held"] == {"grace": "WRITER", "rita": "READER", "mallory": "NONE"}[actor]
    refuse(group, actor, Role.ADMIN, actor, RoleTooLow)


def test_anybody_may_step_down_and_is_out_at_once(group: Group) -> None:
    give(group, "grace", Role.READER, "grace")
    give(group, "grace", Role.NONE, "grace")
    assert [one.actor_id for one in group.runtime.members.list(GROUP)] == ["ada", "alan", "rita"]
    with pytest.raises(RoleTooLow):
        group.runtime.context(GROUP, "grace")
    with pytest.raises(RoleTooLow):
        group.runtime.members.list(GROUP, "grace")


def test_the_last_owner_stays(group: Group) -> None:
    for role in (Role.NONE, Role.ADMIN):
        refuse(group, "ada", role, "ada", LastOwner)
    give(group, "olga", Role.OWNER, "ada")
    give(group, "ada", Role.READER, "ada")
    refuse(group, "olga", Role.NONE, "olga", LastOwner)


def test_the_same_role_again_changes_nothing(group: Group) -> None:
    before = group.state_of_group()
    give(group, "grace", Role.WRITER, "alan")
    give(group, "nobody", Role.NONE, "alan")
    assert group.state_of_group() == before


def test_who_comes_back_signs_with_the_same_key(group: Group) -> None:
    group.build("1.0.0")
    group.runtime.promote("notes", "1.0.0", "beta", GROUP, "alan")
    (key,) = [one.public_key for one in group.runtime.members.list(GROUP) if one.actor_id == "alan"]
    assert key is not None
    give(group, "alan", Role.NONE, "ada")
    give(group, "alan", Role.ADMIN, "ada")
    assert key in [one.public_key for one in group.runtime.members.list(GROUP)]
    group.verify()


@pytest.mark.parametrize("name", ["", " ", " ada", "ada\n", "a\tb", "\ud800", None, 5, b"ada"])
def test_a_name_that_is_none_is_refused(group: Group, name: str) -> None:
    error = refuse(group, name, Role.READER, "ada", InvalidSetting)
    str(error).encode()


def test_the_personal_context_has_no_members(group: Group) -> None:
    with pytest.raises(InvalidSetting, match="has no members"):
        group.runtime.members.set("personal", "grace", Role.READER)


def test_a_context_that_does_not_exist_is_told_with_what_is_near(group: Group) -> None:
    with pytest.raises(UnknownContext, match="did you mean 'acme'"):
        group.runtime.members.set("acne", "grace", Role.READER)


def test_roles_hold_after_a_restart(group: Group) -> None:
    give(group, "nina", Role.READER, "alan")
    with group.open("nina") as restarted:
        assert restarted.context(GROUP).context_id == GROUP
        with pytest.raises(RoleTooLow):
            restarted.members.set(GROUP, "nina", Role.ADMIN)
