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
    INSTALL = "install a package"
    UNINSTALL = "uninstall a package"
    DISABLE = "disable a package"
    ACTIVATE_DEV = "activate a dev version on this device"


NEEDED: Final[Mapping[Act, Role]] = {
    Act.READ: Role.READER,
    Act.INSTALL: Role.WRITER,
    Act.ACTIVATE_DEV: Role.READER,
    Act.DISABLE: Role.ADMIN,
    Act.UNINSTALL: Role.ADMIN,
}


@dataclass(frozen=True)
class Allowed:
    reason: str


@dataclass(frozen=True)
class Denied:
    reason: str
    needed: Role
    held: Role


def judge(act: Act, role: Role, kind: ContextKind) -> Allowed | Denied:
    """Whether `role` allows `act` in a context of that kind."""
    if kind == "personal":
        return Allowed("the personal context skips role checks")
    needed = NEEDED[act]
    if role >= needed:
        return Allowed(f"{role.name.title()} may {act}")
    return Denied(
        f"to {act} one must be {needed.name.title()}, the role held is {role.name.title()}", needed, role
    )
