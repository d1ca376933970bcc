"""Who may give whom which role in a group, and say by which keys they sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peers_runtime.model.catalog import Member, Role
from peers_runtime.rules import permissions
from peers_runtime.rules.permissions import Act


@dataclass(frozen=True)
class Given:
    reason: str


@dataclass(frozen=True)
class TooLow:
    reason: str
    needed: Role
    held: Role


@dataclass(frozen=True)
class LastOwnerLeaves:
    reason: str


def judge(members: Sequence[Member], actor: str, member: str, role: Role) -> Given | TooLow | LastOwnerLeaves:
    """Whether `actor` may make `member` a `role`.

    That takes an Admin, who gives up to their own role, to those who are not above them; a group always keeps
    an Owner. Anybody may step down.
    """
    roles = {one.actor_id: one.role for one in members}
    own, former = roles.get(actor, Role.NONE), roles.get(member, Role.NONE)
    managing = _may_manage(own)
    if managing is not None and not (actor == member and role < own):
        return managing
    owners = {name for name, held in roles.items() if held is Role.OWNER}
    if owners == {member} and role is not Role.OWNER:
        return LastOwnerLeaves(f"{member} is the last Owner")
    needed = max(role, former)
    if needed > own:
        what = f"make {member} {_word(role)}" if role > own else f"change {member}, who is {_word(former)}"
        return TooLow(f"to {what} one must be {_word(needed)}, the role held is {_word(own)}", needed, own)
    return Given(f"{_word(own)} may make {member} {_word(role)}")


def judge_keys(members: Sequence[Member], actor: str, member: str) -> Given | TooLow:
    """Whether `actor` may say by which keys `member` signs: oneself, or an Admin who is not below them."""
    roles = {one.actor_id: one.role for one in members}
    own, held = roles.get(actor, Role.NONE), roles.get(member, Role.NONE)
    if actor == member:
        return Given(f"{actor} says by which keys they sign")
    managing = _may_manage(own)
    if managing is not None:
        return managing
    if held > own:
        what = f"say by which keys {member} signs, who is {_word(held)}"
        return TooLow(f"to {what}, one must be {_word(held)}, the role held is {_word(own)}", held, own)
    return Given(f"{_word(own)} may say by which keys {member} signs")


def _may_manage(own: Role) -> TooLow | None:
    judged = permissions.judge(Act.ADD_MEMBERS, own, "group")
    return TooLow(judged.reason, judged.needed, own) if isinstance(judged, permissions.Denied) else None


def _word(role: Role) -> str:
    return "no member" if role is Role.NONE else role.name.title()
