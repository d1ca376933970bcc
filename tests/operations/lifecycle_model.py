"""The lifecycle of one package in one context on one device, written anew from the tables of its description.

Nothing here looks at what the runtime does: an act answers with the error that it should meet, or changes the
model and answers with None.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from peers_runtime import (
    InvalidSetting,
    LastOwner,
    NoActiveVersion,
    NothingToRollBackTo,
    NotPromotable,
    PeersError,
    Role,
    RoleTooLow,
    UnknownPackage,
    VersionExists,
    VersionMoved,
    VersionYanked,
)

# by precedence, the lowest first; (major, minor) say what the ranges compare
VERSIONS = {
    "1.0.0": (1, 0),
    "1.0.1": (1, 0),
    "1.1.0-beta.2": (1, 1),
    "1.1.0-beta.10": (1, 1),
    "1.1.0": (1, 1),
    "2.0.0": (2, 0),
}
ORDER = {version: place for place, version in enumerate(VERSIONS)}
FOLLOWED = {
    "stable": {"stable"},
    "beta": {"beta"},
    "stable,beta": {"stable", "beta"},
    "*": {"stable", "beta"},
}
OF_DEVICE = {**FOLLOWED, "dev": {"dev"}, "stable,dev": {"stable", "dev"}}

Refusal = type[PeersError] | None


@dataclass
class Row:
    version: str
    tag: str = "dev"
    yanked: bool = False


@dataclass
class Chosen:
    """What the device chose."""

    active: str | None = None
    pinned: bool = False
    override: bool = False
    range: str | None = None
    tags: str | None = None
    held: str | None = None


@dataclass
class Model:
    """One context; rows by their id, all of this device when they are dev."""

    is_group: bool
    roles: dict[str, Role]
    installed: bool = False
    rows: dict[str, Row] = field(default_factory=dict)
    active: str | None = None
    disabled: bool = False
    range: str = "latest"
    tags: str = "stable"
    held: str | None = None
    device: Chosen = field(default_factory=Chosen)
    log: list[str] = field(default_factory=list)  # what the context was set to
    device_log: list[str | None] = field(default_factory=list)

    # ── the tables ───────────────────────────────────────────────────────────────────────────────

    def resolve(self, device: Chosen | None = None) -> str | None:
        device = device or self.device
        if not self.installed or self.disabled:
            return None
        if device.active and self.rows[device.active].tag == "dev":
            return device.active
        own = device.active if device.override or device.pinned else None
        current = own or self.active
        held = (
            [device.held]
            if own and device.override
            else [device.held if device.override else None, self.held]
        )
        reach = (device.range if device.override else None) or self.range
        tags = OF_DEVICE[device.tags] if device.override and device.tags else FOLLOWED[self.tags]
        if device.pinned or reach == "pinned":
            return current
        fit = [
            row_id
            for row_id, row in self.rows.items()
            if row.tag in tags
            and not row.yanked
            and all(ORDER[row.version] > ORDER[one] for one in held if one)
            and (current is None or self._is_within(reach, self.rows[current].version, row.version))
        ]
        return max(fit, key=self._rank, default=current)

    def _is_within(self, reach: str, current: str, version: str) -> bool:
        kept = {"latest": 0, "minor": 1, "patch": 2}[reach]
        return ORDER[version] > ORDER[current] and VERSIONS[version][:kept] == VERSIONS[current][:kept]

    def _rank(self, row_id: str) -> tuple[int, bool]:
        """A dev version is as new as the released one of its number: then the one promoted later, at all."""
        return ORDER[self.rows[row_id].version], self.rows[row_id].tag != "dev"

    def may(self, actor: str, needed: Role) -> bool:
        return not self.is_group or self.roles.get(actor, Role.NONE) >= needed

    # ── the acts ─────────────────────────────────────────────────────────────────────────────────

    def refuses(self, actor: str, needed: Role) -> Refusal:
        if not self.may(actor, needed):
            return RoleTooLow
        return None if self.installed else UnknownPackage

    def install(self, actor: str, row_id: str | None, version: str, *, activate: bool) -> Refusal:
        """`row_id` is that of the device's dev version when there is one."""
        if not self.may(actor, Role.WRITER):
            return RoleTooLow
        if activate and self.disabled and not self.may(actor, Role.ADMIN):
            return RoleTooLow
        known = self.rows.get(row_id or "")
        if not activate and known and known.version != version and self.resolve() == row_id:
            return InvalidSetting
        return None

    def installed_as(self, row_id: str, version: str, *, activate: bool) -> None:
        before = self._now()
        self.installed = True
        self.rows[row_id] = Row(version)
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
        before, device = self._now(), self.device
        row.tag = to
        reaches = (
            before[0] == row_id and to in FOLLOWED[self.tags] and not device.override and not device.pinned
        )
        if device.active == row_id and not device.override and not device.pinned:
            device.active = None
        if reaches:
            self._set(row_id)
        self._note(before)
        return None

    def activate(self, actor: str, row_id: str, *, here: bool) -> Refusal:
        row, device, before = self.rows[row_id], self.device, self._now()
        if row.yanked:
            return VersionYanked
        is_own = row.tag == "dev" or here or device.override
        if not self.may(actor, Role.ADMIN) and (not is_own or self.disabled):
            return RoleTooLow
        if not is_own:
            self._set(row_id)
            self.held = self._held_back(row, self.resolve(Chosen()), self.held)
            self._note(before)
            return None
        began = row.tag != "dev" and not device.override
        self.disabled = False
        device.active = row_id
        if row.tag != "dev":
            if not device.override:
                device.override, device.held = True, self.held
            if device.held and ORDER[row.version] > ORDER[device.held]:
                device.held = None
            device.held = self._held_back(row, self.resolve(), device.held)
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
        current = before[0] if device.override else self.resolve(Chosen())
        if current is None or self.rows[current].tag == "dev":
            return NothingToRollBackTo
        target = to or self._former(current)
        if target is None:
            return NothingToRollBackTo
        if self.rows[target].yanked:
            return VersionYanked
        left, row = self.rows[current], self.rows[target]
        if ORDER[row.version] >= ORDER[left.version] or row.tag == "dev":
            return NothingToRollBackTo
        if device.override:
            device.active = target
            device.held = max(left.version, device.held or left.version, key=ORDER.__getitem__)
        else:
            held = max(left.version, self.held or left.version, key=ORDER.__getitem__)
            self._set(target)
            self.held = held
        self._note(before)
        return None

    def _former(self, current: str) -> str | None:
        log = self.device_log if self.device.override else self.log
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
            self.tags, self.range = tags or self.tags, reach or self.range
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

    def yank(self, row_id: str) -> Refusal:
        before, row = self._now(), self.rows[row_id]
        if row.tag == "dev":
            return NotPromotable
        row.yanked = True
        self._note(before)
        return None

    def disable(self) -> None:
        before = self._now()
        self.disabled = True
        self._note(before)

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
        self.roles[member] = role
        return None

    # ── the logs ─────────────────────────────────────────────────────────────────────────────────

    def _now(self) -> tuple[str | None, str | None]:
        return self.resolve(), self.active

    def _set(self, row_id: str) -> None:
        self.active, self.disabled = row_id, False
        if self.held and ORDER[self.rows[row_id].version] > ORDER[self.held]:
            self.held = None

    def _note(self, before: tuple[str | None, str | None], *, began: bool = False) -> None:
        """What the context is set to now; else what this device runs now, and where its own way begins."""
        ran, was_set = before
        if self.active is not None and self.active != was_set:
            self.log.append(self.active)
            return
        if began and ran is not None:
            self.device_log.append(ran)
        if self.resolve() != ran:
            self.device_log.append(self.resolve())
