"""What a role may do in a context. The personal context skips role checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from peers_runtime.model.catalog import ContextKind, Role


class Act(StrEnum):
    """What an actor wants to do, as the refusal names it."""

    READ = "use this context"
    WRITE = "change what packages keep in this context"
    RUN = "run a workflow"
    INSTALL = "install a package"
    PACK = "pack a package"
    UNINSTALL = "uninstall a package"
    DISABLE = "disable a package"
    CHOOSE = "choose what this device uses"
    PROMOTE = "promote a version"
    ACTIVATE = "activate a version for the whole context"
    ROLL_BACK = "roll the whole context back"
    FOLLOW = "change what the context follows, or from where"
    YANK = "yank a version"
    CHOOSE_PROVIDER = "choose who provides a contract"
    SET_OWN = "set a variable of one's own, or of this device"
    SET_FOR_ALL = "set a variable for the whole context"
    ADD_MEMBERS = "manage members"


NEEDED: Final[Mapping[Act, Role]] = {
    Act.READ: Role.READER,
    Act.CHOOSE: Role.READER,
    Act.WRITE: Role.WRITER,
    Act.RUN: Role.WRITER,
    Act.INSTALL: Role.WRITER,
    Act.PACK: Role.WRITER,
    Act.UNINSTALL: Role.ADMIN,
    Act.DISABLE: Role.ADMIN,
    Act.PROMOTE: Role.ADMIN,
    Act.ACTIVATE: Role.ADMIN,
    Act.ROLL_BACK: Role.ADMIN,
    Act.FOLLOW: Role.ADMIN,
    Act.YANK: Role.ADMIN,
    Act.CHOOSE_PROVIDER: Role.ADMIN,
    Act.SET_OWN: Role.READER,
    Act.SET_FOR_ALL: Role.ADMIN,  # an address that everybody's code calls takes everybody's secrets along
    Act.ADD_MEMBERS: Role.ADMIN,
}


@dataclass(frozen=True)
class Allowed:
    reason: str


@dataclass(frozen=True)
class Denied:
    reason: str
    needed: Role
    held: Role


def allows(act: Act, role: int, kind: ContextKind) -> bool:
    """`judge` without the reason, for what is asked at each call."""
    return kind == "personal" or role >= NEEDED[act]


def of_guest(act: Act) -> Act:
    """What an act is when it is asked for at somebody else's device, as in a web host's console.

    What that device uses, everybody gets whom it serves.
    """
    return Act.ACTIVATE if act is Act.CHOOSE else act


def judge(act: Act, role: Role, kind: ContextKind) -> Allowed | Denied:
    """Whether `role` allows `act` in a context of that kind."""
    if kind == "personal":
        return Allowed("the personal context skips role checks")
    needed = NEEDED[act]
    if allows(act, role, kind):
        return Allowed(f"{role.name.title()} may {act}")
    return Denied(
        f"to {act} one must be {needed.name.title()}, the role held is {role.name.title()}", needed, role
    )
