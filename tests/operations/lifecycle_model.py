"""The acts of the lifecycle of one package in one context on several devices, from the description's tables.

Nothing here looks at what the runtime does: an act answers with the error that it should meet, or changes the
model and answers with None.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from peers_runtime import (
    InvalidSetting,
    KeyMismatch,
    LastOwner,
    NoActiveVersion,
    NotArrived,
    NothingToRollBackTo,
    NotPromotable,
    PeersError,
    Role,
    RoleTooLow,
    SignatureInvalid,
    UnknownPackage,
    VersionExists,
    VersionMoved,
    VersionYanked,
)
from tests.operations.lifecycle_context import FOLLOWED, ORDER, VERSIONS, Chosen, Context, Row

Refusal = type[PeersError] | None


@dataclass
class Model(Context):
    """One context, as somebody at one of its devices sees and changes it: see `at`."""

    chosen: dict[str, Chosen] = field(default_factory=dict)  # by device
    # what the context (None) or a device was set to, or ran; oldest first
    logs: dict[str | None, list[str | None]] = field(default_factory=dict)
    says_tags: bool = False
    apart: frozenset[tuple[str, str]] = frozenset()  # who has another key on a device than elsewhere
    keys: dict[str, str] = field(default_factory=dict)  # which key of an actor the context knows
    here: str = ""
    lacks: AbstractSet[str] = frozenset()
    acts: int = 0

    def at(self, device: str, lacks: AbstractSet[str] = frozenset()) -> Model:
        """From here on at `device`, where the files of the rows that it `lacks` cannot be had."""
        self.here, self.lacks = device, lacks
        return self

    @property
    def device(self) -> Chosen:
        return self.chosen.setdefault(self.here, Chosen())

    @device.setter
    def device(self, chosen: Chosen) -> None:
        self.chosen[self.here] = chosen

    def resolve(self, chosen: Chosen | None = None) -> str | None:
        return self.used(self.here, chosen or self.device, self.lacks)

    def once_arrived(self, chosen: Chosen) -> str | None:
        return self.used(self.here, chosen, frozenset())

    def may(self, actor: str, needed: Role) -> bool:
        return not self.is_group or self.roles.get(actor, Role.NONE) >= needed

    def signs(self, actor: str, *rows: Row) -> Refusal:
        """Nobody signs on top of what is in doubt; the first signature of somebody binds their key."""
        if any(row.is_changed for row in rows):
            return SignatureInvalid
        key = self.here if (actor, self.here) in self.apart else "everywhere"
        return None if self.keys.setdefault(actor, key) == key else KeyMismatch

    def says(self, actor: str, *, changes: bool) -> Refusal:
        """What the context says of the package, or of its members, is signed as well when it changes."""
        return self.signs(actor) if changes else None

    # ── the acts ─────────────────────────────────────────────────────────────────────────────────

    def refuses(self, actor: str, needed: Role) -> Refusal:
        if not self.may(actor, needed):
            return RoleTooLow
        return None if self.installed else UnknownPackage

    def install(self, actor: str, row_id: str | None, version: str, *, activate: bool) -> Refusal:
        """`row_id` is that of the device's dev version when there is one."""
        if not self.may(actor, Role.WRITER):
            return RoleTooLow
        known = self.rows.get(row_id or "")
        release = self._released(version)
        if release is not None and (known is None or known.version != version):
            return self._use(actor, release) if activate else None
        if activate and self.disabled and not self.may(actor, Role.ADMIN):
            return RoleTooLow
        if not activate and known and known.version != version and self.resolve() == row_id:
            return InvalidSetting
        is_new = known is None or known.version != version
        return self.says(actor, changes=(is_new and bool(self.apart)) or (activate and self.disabled))

    def _released(self, version: str) -> str | None:
        """What was released with the number, whose content is the same here, unless it is in doubt."""
        rows = self.rows.items()
        same = (
            one for one, row in rows if row.version == version and row.tag != "dev" and not row.is_changed
        )
        return next(same, None)

    def _use(self, actor: str, row_id: str) -> Refusal:
        """As the context does where that is enough, else on this device alone."""
        chosen, before = replace(self.device), self._now()
        is_dev = chosen.active is not None and self.rows[chosen.active].tag == "dev"
        if is_dev and not (chosen.override or chosen.pinned):
            chosen.active = None
        if replace(self, disabled=False).resolve(chosen) != row_id:
            return self.activate(actor, row_id, here=True)
        if self.disabled and not self.may(actor, Role.ADMIN):
            return RoleTooLow
        if refusal := self.says(actor, changes=self.disabled):
            return refusal
        self.device, self.disabled = chosen, False
        self._note(before)
        return None

    def installed_as(self, row_id: str, version: str, *, activate: bool) -> None:
        """That it was installed as this row; as a release, nothing is left to tell."""
        if row_id in self.rows and self.rows[row_id].tag != "dev":
            return
        before = self._now()
        self.installed = True
        self.rows[row_id] = Row(version, self.here)
        if activate:
            self.disabled = False
            self.device.active = row_id
        self._note(before)

    def promote(self, actor: str, row_id: str, to: str) -> Refusal:
        row = self.rows[row_id]
        if row.tag == to and not row.yanked:
            return VersionMoved
        if row.yanked or (row.tag, to) not in {("dev", "beta"), ("dev", "stable"), ("beta", "stable")}:
            return NotPromotable
        if any(
            other is not row and other.version == row.version and other.tag != "dev"
            for other in self.rows.values()
        ):
            return VersionExists
        if row_id in self.lacks:
            return NotArrived
        if refusal := self.signs(actor, row):
            return refusal
        before, device = self._now(), self.device
        reaches = (
            before[0] == row_id
            and to in FOLLOWED[self.tags]
            and not (device.override or device.pinned)
            and not self._is_in_the_way(row, self.resolve(Chosen()))
        )
        row.tag = to
        if device.active == row_id and not device.override and not device.pinned:
            device.active = None
        if reaches:
            self._set(row_id)
        self._note(before)
        return None

    def _is_in_the_way(self, row: Row, used: str | None) -> bool:
        """Whether the context would not take the version as an upgrade; nobody has asked to activate it."""
        if used is None or self.rows[used] is row:
            return False
        current = self.rows[used].version
        kept = {"latest": 0, "minor": 1, "patch": 2, "pinned": 3}[self.range]
        is_within = kept < 3 and VERSIONS[row.version][:kept] == VERSIONS[current][:kept]
        return not is_within or ORDER[row.version] <= ORDER[current]

    def activate(self, actor: str, row_id: str, *, here: bool) -> Refusal:
        row, device, before = self.rows[row_id], self.device, self._now()
        if row.yanked:
            return VersionYanked
        if row.is_changed:
            return SignatureInvalid
        is_own = row.tag == "dev" or here or device.override
        if not self.may(actor, Role.ADMIN) and (not is_own or self.disabled):
            return RoleTooLow
        if not is_own:
            if self.active != row_id or self.disabled:
                if refusal := self.signs(actor, row):
                    return refusal
                self._set(row_id)
            held = self._held_back(row, self.once_arrived(Chosen()), self.held)
            if refusal := self.says(actor, changes=held != self.held):
                return refusal
            self.held = held
            self._note(before)
            return None
        if refusal := self.says(actor, changes=self.disabled):
            return refusal
        began = row.tag != "dev" and not device.override
        self.disabled = False
        device.active = row_id
        if row.tag != "dev":
            if not device.override:
                device.override, device.held = True, self.held
            if device.held and ORDER[row.version] > ORDER[device.held]:
                device.held = None
            device.held = self._held_back(row, self.once_arrived(device), device.held)
        self._note(before, began=began)
        return None

    def _held_back(self, chosen: Row, taken: str | None, held: str | None) -> str | None:
        """What policy would take in the place of what somebody has chosen is held back."""
        taken_version = self.rows[taken].version if taken else chosen.version
        return taken_version if ORDER[taken_version] > ORDER[chosen.version] else held

    def rollback(self, actor: str, to: str | None) -> Refusal:
        device, before = self.device, self._now()
        if not device.override and not self.may(actor, Role.ADMIN):
            return RoleTooLow
        current = before[0] if device.override else self.once_arrived(Chosen())
        if current is None or self.rows[current].tag == "dev":
            return NothingToRollBackTo
        target = to or self._former(current)
        if target is None:
            return NothingToRollBackTo
        if self.rows[target].yanked:
            return VersionYanked
        if self.rows[target].is_changed:
            return SignatureInvalid
        left, row = self.rows[current], self.rows[target]
        if ORDER[row.version] >= ORDER[left.version] or row.tag == "dev":
            return NothingToRollBackTo
        if device.override:
            device.active = target
            device.held = max(left.version, device.held or left.version, key=ORDER.__getitem__)
        else:
            if refusal := self.signs(actor, left, row):
                return refusal
            held = max(left.version, self.held or left.version, key=ORDER.__getitem__)
            self._set(target)
            self.held = held
        self._note(before)
        return None

    def _former(self, current: str) -> str | None:
        log = self.logs.get(self.here if self.device.override else None, [])
        past = log[: len(log) - 1 - log[::-1].index(current)] if current in log else log
        for one in reversed(past):
            row = self.rows.get(one or "")
            if (
                one != current
                and row is not None
                and row.tag != "dev"
                and not row.yanked
                and ORDER[row.version] < ORDER[self.rows[current].version]
            ):
                return one
        return None

    def follow(self, actor: str, tags: str | None, reach: str | None, *, here: bool) -> Refusal:
        before, device = self._now(), self.device
        if not here:
            if tags is not None and tags not in FOLLOWED:
                return InvalidSetting
            following = tags or self.tags, reach or self.range
            is_first = tags is not None and not self.says_tags  # the default is not written down
            if refusal := self.says(actor, changes=is_first or following != (self.tags, self.range)):
                return refusal
            self.says_tags = self.says_tags or is_first
            self.tags, self.range = following
            self._note(before)
            return None
        began = not device.override
        if began and before[0] and not device.pinned:
            device.active = before[0]
        if began:
            device.override, device.held = True, self.held
        device.tags, device.range = tags or device.tags, reach or device.range
        self._note(before, began=began)
        return None

    def follow_group(self) -> None:
        before = self._now()
        self.device = Chosen()
        self._note(before)

    def pin(self) -> Refusal:
        live = self.resolve()
        if live is None:
            return NoActiveVersion
        self.device = replace(self.device, pinned=True, active=live)
        return None

    def unpin(self) -> None:
        before, device = self._now(), self.device
        if device.pinned:
            device.pinned = False
            if not device.override and not (device.active and self.rows[device.active].tag == "dev"):
                device.active = None
        self._note(before)

    def yank(self, actor: str, row_id: str) -> Refusal:
        before, row = self._now(), self.rows[row_id]
        if row.tag == "dev":
            return NotPromotable
        if row.yanked:
            return None
        if refusal := self.signs(actor, row):
            return refusal
        row.yanked = True
        self._note(before)
        return None

    def disable(self, actor: str) -> Refusal:
        if refusal := self.says(actor, changes=not self.disabled):
            return refusal
        before = self._now()
        self.disabled = True
        self._note(before)
        return None

    def uninstall(self, actor: str) -> Refusal:
        """With all versions, choices and logs; who is what, and by which key, stays."""
        if refusal := self.says(actor, changes=bool(self.apart)):
            return refusal
        fresh = Model(self.is_group, self.roles, apart=self.apart, keys=self.keys, here=self.here)
        self.__dict__.update(fresh.__dict__)
        return None

    def give(self, member: str, role: Role, actor: str) -> Refusal:
        own, former = self.roles.get(actor, Role.NONE), self.roles.get(member, Role.NONE)
        steps_down = member == actor and role < own
        if own < (Role.READER if steps_down else Role.ADMIN):
            return RoleTooLow
        owners = [one for one, held in self.roles.items() if held is Role.OWNER]
        if owners == [member] and role is not Role.OWNER:
            return LastOwner
        if max(role, former) > own:
            return RoleTooLow
        if refusal := self.says(actor, changes=role is not former):
            return refusal
        self.roles[member] = role
        return None

    # ── the logs ─────────────────────────────────────────────────────────────────────────────────

    def _now(self) -> tuple[str | None, str | None]:
        return self.resolve(), self.active

    def _set(self, row_id: str) -> None:
        self.acts += 1
        self.active, self.disabled, self.rows[row_id].set_at = row_id, False, self.acts
        if self.held and ORDER[self.rows[row_id].version] > ORDER[self.held]:
            self.held = None

    def _note(self, before: tuple[str | None, str | None], *, began: bool = False) -> None:
        """What the context is set to now; else what this device runs now, and where its own way begins."""
        ran, was_set = before
        if self.active is not None and self.active != was_set:
            self.logs.setdefault(None, []).append(self.active)
            return
        log = self.logs.setdefault(self.here, [])
        if began and ran is not None:
            log.append(ran)
        if self.resolve() != ran:
            log.append(self.resolve())
