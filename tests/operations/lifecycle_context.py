"""What a context and its devices are set to, and which version each device uses then.

Written anew from the tables of the description; nothing here looks at what the runtime does.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from peers_runtime import Role

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


@dataclass
class Row:
    version: str
    device: str  # that built it; while it is dev it is that one's
    tag: str = "dev"
    yanked: bool = False
    set_at: int = 0  # when the context was last set to it, by the number of the act
    is_changed: bool = False  # by hand, so that its record is in doubt everywhere


@dataclass
class Chosen:
    """What a device chose."""

    active: str | None = None
    pinned: bool = False
    override: bool = False
    range: str | None = None
    tags: str | None = None
    held: str | None = None


@dataclass
class Context:
    """One context; rows by their id."""

    is_group: bool
    roles: dict[str, Role]
    installed: bool = False
    rows: dict[str, Row] = field(default_factory=dict)
    active: str | None = None
    disabled: bool = False
    range: str = "latest"
    tags: str = "stable"
    held: str | None = None

    def used(self, device: str, chosen: Chosen, lacks: AbstractSet[str]) -> str | None:
        """The row that `device` uses with these choices, where the files of those that it `lacks` are not."""
        if not self.installed or self.disabled:
            return None
        return _Question(self, device, chosen, lacks).answer()


class _Question:
    def __init__(self, context: Context, device: str, chosen: Chosen, lacks: AbstractSet[str]) -> None:
        self.context = context
        self.device = device
        self.chosen = chosen
        self.known = {row_id: row for row_id, row in context.rows.items() if not row.is_changed}
        self.here = self.known.keys() - lacks
        own_tags = OF_DEVICE[chosen.tags] if chosen.override and chosen.tags else None
        self.tags = own_tags or FOLLOWED[context.tags]
        own_range = chosen.range if chosen.override else None
        self.range = "pinned" if chosen.pinned else own_range or context.range

    def answer(self) -> str | None:
        """The device's choice, else the context's, else what that was before; each with what policy takes."""
        chosen, context = self.chosen, self.context
        row = self.known.get(chosen.active or "")
        if row is not None and row.tag == "dev" and chosen.active in self.here:
            return chosen.active
        held = chosen.held if chosen.override else None
        is_own = row is not None and row.tag != "dev" and (chosen.override or chosen.pinned)
        found = self.over(chosen.active, held) if is_own else None
        if found is not None:
            return found
        held = _higher(held, context.held)
        if context.active is None:
            return self.best(None, held)
        missing = context.active if context.active in self.known else None
        found = self.over(missing, held) if missing else None
        if found is not None:
            return found
        for former in self.formers(missing, held):
            found = self.over(former, held, missing)
            if found is not None:
                return found
        return self.best(None, held, missing)

    def over(self, start: str | None, held: str | None, missing: str | None = None) -> str | None:
        """What policy takes in the place of `start`, else `start`; None when that is not here."""
        return self.best(start, held, missing) or (start if start in self.here else None)

    def best(self, start: str | None, held: str | None, missing: str | None = None) -> str | None:
        """What policy takes in the place of `start`, which stands in for what is `missing`."""
        return max(self.fit(start, held, missing), key=self.rank, default=None)

    def fit(self, start: str | None, held: str | None, missing: str | None) -> Iterator[str]:
        if self.range == "pinned":
            return
        for row_id in self.here:
            row = self.known[row_id]
            is_followed = row.tag in self.tags and (row.tag != "dev" or row.device == self.device)
            if is_followed and not row.yanked and not self.is_held(row.version, held, missing):
                base = start
                if start is None and missing and ORDER[row.version] > ORDER[self.known[missing].version]:
                    base = missing
                if base is None or self.is_within(self.known[base].version, row.version):
                    yield row_id

    def formers(self, missing: str | None, held: str | None) -> list[str]:
        """What the context was set to and may go on, the latest first."""
        used = [
            row_id
            for row_id, row in self.known.items()
            if row.set_at and row_id != missing and not row.yanked
            if not self.is_held(row.version, held, missing)
        ]
        return sorted(used, key=lambda row_id: self.known[row_id].set_at, reverse=True)

    def is_held(self, version: str, held: str | None, missing: str | None) -> bool:
        """By a rollback; what is not above that which is missing may go on in its place."""
        if held is None or ORDER[version] > ORDER[held]:
            return False
        return missing is None or ORDER[version] > ORDER[self.known[missing].version]

    def is_within(self, current: str, version: str) -> bool:
        kept = {"latest": 0, "minor": 1, "patch": 2}[self.range]
        return ORDER[version] > ORDER[current] and VERSIONS[version][:kept] == VERSIONS[current][:kept]

    def rank(self, row_id: str) -> tuple[int, bool]:
        """A dev version is as new as the released one of its number: then the one promoted later, at all."""
        row = self.known[row_id]
        return ORDER[row.version], row.tag != "dev"


def _higher(one: str | None, other: str | None) -> str | None:
    return max((held for held in (one, other) if held), key=ORDER.__getitem__, default=None)
