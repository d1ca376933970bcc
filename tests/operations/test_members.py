"""Who is what in a group: up to one's own role, never without an Owner."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from peers_runtime import (
    InvalidSetting,
    KeyMismatch,
    LastOwner,
    PeersError,
    Role,
    RoleTooLow,
    Runtime,
    UnknownContext,
)
from peers_runtime.operations import signing
from peers_runtime.rules import roster
from peers_runtime.trust.keys import Keys
from tests.operations.acting import GROUP, Group
from tests.world import project, screen


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
    (keys,) = [one.public_keys for one in group.runtime.members.list(GROUP) if one.actor_id == "alan"]
    assert keys == (group.runtime.public_key("alan"),)
    give(group, "alan", Role.NONE, "ada")
    give(group, "alan", Role.ADMIN, "ada")
    assert keys in [one.public_keys for one in group.runtime.members.list(GROUP)]
    group.verify()


def test_one_signs_on_another_device_once_its_key_is_allowed(group: Group, tmp_path: Path) -> None:
    """By the member where they have signed before, or by an Admin who is not below them."""
    group.build("1.0.0")
    members = group.runtime.members
    group.runtime.promote("notes", "1.0.0", "beta", GROUP, "alan")
    with Runtime.open(tmp_path / "laptop", actor="alan", facades=False) as laptop:
        key = laptop.public_key()
    before = group.state_of_group()
    told = members.allow_key(GROUP, "alan", key, "alan", dry_run=True)
    assert group.state_of_group() == before
    for actor in ("alan", "ada"):
        allowed = members.allow_key(GROUP, "alan", key, actor)
        assert allowed == told
        assert allowed.public_keys == (group.runtime.public_key("alan"), key)
        assert len(members.revoke_key(GROUP, "alan", key, actor).public_keys) == 1
    members.revoke_key(GROUP, "alan", group.runtime.public_key("alan"), "ada")
    members.allow_key(GROUP, "alan", key, "ada")
    with pytest.raises(KeyMismatch, match="with another key than this device has") as caught:
        group.runtime.yank("notes", "1.0.0", GROUP, "alan")
    assert "peers members allow alan KEY" in caught.value.hint
    group.verify()  # what was signed with the key before it was revoked


@pytest.mark.parametrize(("actor", "member"), [("grace", "rita"), ("rita", "ada"), ("alan", "ada")])
def test_nobody_says_by_which_keys_those_above_them_sign(group: Group, actor: str, member: str) -> None:
    key = group.runtime.public_key("rita")
    for act in (group.runtime.members.allow_key, group.runtime.members.revoke_key):
        with pytest.raises(RoleTooLow, match=r"say by which keys|manage members"):
            act(GROUP, member, key, actor)


@pytest.mark.parametrize("key", ["", "a key", "AAAA", None, 5, "\ud800"])
def test_what_is_no_public_key_is_refused(group: Group, key: str) -> None:
    with pytest.raises(InvalidSetting, match="is no public key") as caught:
        group.runtime.members.allow_key(GROUP, "alan", key)
    assert "peers members key" in caught.value.hint


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


# ── a key that is lost ───────────────────────────────────────────────────────────────────────────


def lose_key(runtime: Runtime, actor: str) -> None:
    for path in (runtime.home / "keys").glob("actor-*"):
        if json.loads(path.read_text())["actor"] == actor:
            path.unlink()


def test_who_has_lost_their_key_goes_on_with_a_new_one_in_a_home_of_their_own(tmp_path: Path) -> None:
    source = project(tmp_path / "notes", version="1.0.0", files=screen("notes", "notes", "1.0.0"))
    with Runtime.open(tmp_path / "home", actor="ada", facades=False) as runtime:
        runtime.install(source)
        runtime.promote("notes", "1.0.0", "beta")
        lose_key(runtime, "ada")
        with pytest.raises(KeyMismatch) as caught:
            runtime.promote("notes", "1.0.0", "stable")
        assert "go on with it here: peers members allow ada KEY --context personal" in caught.value.hint
        key = runtime.public_key()
        with pytest.raises(KeyMismatch):  # a key comes by saying so only
            runtime.promote("notes", "1.0.0", "stable")
        runtime.members.allow_key("personal", "ada", key)
        runtime.promote("notes", "1.0.0", "stable")
        home = runtime.home
    with Runtime.open(home, actor="ada", facades=False) as restarted:
        assert [one.problems for one in restarted.history("notes")] == [()]
        assert [one for one in restarted.diagnostics() if one.code == "P0703"] == []
        restarted.yank("notes", "1.0.0")


def test_a_new_key_is_not_taken_from_the_catalog(open_home: Callable[..., Runtime], tmp_path: Path) -> None:
    """Only who acts in this home can say that it is theirs."""
    with open_home(actor="ada") as runtime:
        source = project(tmp_path / "notes", version="1.0.0", files=screen("notes", "notes", "1.0.0"))
        runtime.install(source)
        runtime.promote("notes", "1.0.0", "beta")
        other = Keys(tmp_path / "other").signer("ada")
        with runtime.services.catalog.write() as writer:
            known = writer.roster("personal")
            keys = [*known.member("ada").public_keys, other.public_key]
            change = roster.changed(known, "personal", "ada", Role.OWNER, keys, "ada", known.changes[0].at)
            sign = partial(other.sign, signing.PAYLOAD_TYPE)
            writer.put_membership(roster.signed(change, "personal", sign))
        with runtime.services.catalog.read() as reader:
            assert other.public_key not in reader.roster("personal").member("ada").public_keys


def test_where_others_may_allow_a_new_key_it_is_for_them_to_do(group: Group) -> None:
    group.build("1.0.0")
    group.runtime.members.set(GROUP, "nina", Role.READER, "alan")
    lose_key(group.runtime, "alan")
    key = group.runtime.public_key("alan")
    with pytest.raises(KeyMismatch) as caught:
        group.runtime.members.allow_key(GROUP, "alan", key, "alan")
    assert "or as ada: peers members allow alan KEY" in caught.value.hint
    group.runtime.members.allow_key(GROUP, "alan", key, "ada")
    group.runtime.promote("notes", "1.0.0", "beta", GROUP, "alan")
    group.verify()
