"""Who may give whom which role in a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peers_runtime.model.catalog import Member, Role


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
    """Whether `actor`, who may manage members, may make `member` a `role`.

    Up to one's own role, of those who are not above oneself; a group always keeps an Owner. Anybody may
    step down.
    """
    roles = {one.actor_id: one.role for one in members}
    own, former = roles.get(actor, Role.NONE), roles.get(member, Role.NONE)
    owners = {name for name, held in roles.items() if held is Role.OWNER}
    if owners == {member} and role is not Role.OWNER:
        return LastOwnerLeaves(f"{member} is the last Owner")
    needed = max(role, former)
    if needed > own:
        what = f"make {member} {_word(role)}" if role > own else f"change {member}, who is {_word(former)}"
        return TooLow(f"to {what} one must be {_word(needed)}, the role held is {_word(own)}", needed, own)
    return Given(f"{_word(own)} may make {member} {_word(role)}")


def _word(role: Role) -> str:
    return "no member" if role is Role.NONE else role.name.title()
