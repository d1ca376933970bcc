"""A group's members with real keys, and what they do to versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from peers_runtime.model.catalog import (
    HistoryAction,
    HistoryEntry,
    Membership,
    PackageVersion,
    Role,
    VersionTag,
)
from peers_runtime.model.contributions import AppNav
from peers_runtime.rules import history
from peers_runtime.rules.history import Standing
from peers_runtime.rules.roster import Roster
from peers_runtime.trust import envelopes
from peers_runtime.trust.envelopes import Signer
from peers_runtime.trust.keys import Keys

TYPE = "application/vnd.test+json"
AT = "2026-01-02T03:04:05.000+00:00"
ROLES = {"olga": Role.OWNER, "ada": Role.ADMIN, "wim": Role.WRITER, "rosa": Role.READER}
STORED = PackageVersion(
    package_version_id="row-1",
    context_id="acme",
    package_id="p" * 25,
    name="notes",
    version="1.2.0",
    version_tag=VersionTag.DEV,
    snapshot_digest="5" * 64,
    app_navs=(AppNav(name="notes", display_name="Notes"),),
    created_by="wim",
    created_at=AT,
    device_id="laptop",
)
ACTIONS: Sequence[HistoryAction] = (
    "created", "promoted:beta", "promoted:stable", "activated", "rolled-back", "yanked",
)  # fmt: skip


class Group:
    """The members of a context, one for each role."""

    def __init__(self, keys: Keys) -> None:
        self.signers: dict[str, Signer] = {actor: keys.signer(actor) for actor in ROLES}
        self.roster = Roster(
            Membership(
                context_id="acme",
                number=number,
                actor_id=actor,
                role=role,
                public_keys=(self.signers[actor].public_key,),
                by="olga",
                at=AT,
            )
            for number, (actor, role) in enumerate(ROLES.items(), start=1)
        )

    def after(self, **changes: tuple[Role, bool]) -> Roster:
        """Who is what, and has a key, once these have changed; unsigned, as only acts are looked at here."""
        more = [
            self.roster.changes[0].model_copy(
                update={
                    "number": self.roster.count + place,
                    "actor_id": actor,
                    "role": role,
                    "public_keys": (self.signers[actor].public_key,) if has_key else (),
                }
            )
            for place, (actor, (role, has_key)) in enumerate(changes.items(), start=1)
        ]
        return Roster([*self.roster.changes, *more])

    def sign(self, actor: str) -> Callable[[bytes], str]:
        return lambda payload: self.signers[actor].sign(TYPE, payload)

    def act(self, version: PackageVersion, action: HistoryAction, by: str = "ada") -> PackageVersion:
        planned = history.appended(version, action, by, AT)
        return history.signed(planned, len(version.history), self.roster.count, self.sign(by))

    def made(self, *actions: HistoryAction, is_shared: bool = True) -> PackageVersion:
        planned = history.appended(STORED, "created", "wim", AT)
        version = history.signed(planned, 0, self.roster.count, self.sign("wim")) if is_shared else planned
        for action in actions:
            version = self.act(version, action)
        return version

    def problems(self, version: PackageVersion, **changes: Any) -> tuple[str, ...]:
        facts = {"roster": self.roster, "kind": "group", "opened": opened, **changes}
        return history.problems(version, **facts)

    def forced(self, version: PackageVersion, action: HistoryAction, by: str) -> PackageVersion:
        """The next entry as `appended` would write it, were the action possible, and its record."""
        sign = self.sign(by)
        head = history.entry_digest(version.history[-1]) if version.history else None
        entry = HistoryEntry(action=action, by=by, at=AT, previous_digest=head, as_of=self.roster.count)
        entry = entry.model_copy(update={"signature": sign(history.entry_statement(version, entry))})
        standing = Standing(version.version_tag, version.yanked)
        after = history.TRANSITIONS.get((standing, action), standing)
        written = version.model_copy(
            update={"version_tag": after.tag, "yanked": after.yanked, "history": (*version.history, entry)}
        )
        return written.model_copy(update={"signature": sign(history.record_statement(written))})


def opened(envelope: str, public_key: str) -> bytes:
    return envelopes.opened(envelope, public_key, TYPE)
