"""Which version of a package a context uses on this device: one pure function over records.

Nothing is stored for an automatic choice: it is found anew from what the context and the device were set to,
so that two devices with the same facts come to the same answer, whenever each fact arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from peers_runtime.model.catalog import (
    ContextKind,
    DevicePrefs,
    FollowRange,
    HistoryAction,
    Package,
    PackageVersion,
    VersionTag,
)
from peers_runtime.model.versions import Precedence, precedence
from peers_runtime.rules import following


@dataclass(frozen=True)
class Considered:
    """One version that was looked at, whether it was chosen, and the reason in words."""

    version: PackageVersion
    chosen: bool
    reason: str

    def __str__(self) -> str:
        return f"{_shown(self.version)}: {self.reason}"


@dataclass(frozen=True)
class Resolution:
    """The version, or None, and the reason in words; every door prints the same ones.

    `considered` has every version of the package, the newest first.
    """

    version: PackageVersion | None
    reason: str
    considered: tuple[Considered, ...] = ()


def resolve(
    package: Package | None,
    versions: Sequence[PackageVersion],
    prefs: DevicePrefs | None,
    context_kind: ContextKind,
    device: str,
    arrived: frozenset[str] | None,
    doubted: frozenset[str] = frozenset(),
) -> Resolution:
    """The version of `package` that is active on `device`. `versions` come in any order.

    `arrived` has the digests of the snapshots whose files are all here and verified; None: every one. The
    records of the rows with `doubted` ids are under quarantine: each is as one that has not arrived.

    1. A package that is absent or disabled has none.
    2. A dev version that this device chose, be it another device's, is it.
    3. When the device or the range is pinned: what `effective_active` says.
    4. Else the best version that should activate by itself, measured against that one: its tag is followed,
       it is within the range, strictly newer, newer than what was rolled back from, whole, and not yanked.
       The newest is the best; of equal precedence, what was promoted later, then the greater digest.
    5. Else what `effective_active` says. It stays when it is yanked: a yank ends the spreading only.

    What was rolled back from is the device's `held_above` while it goes its own way, and the context's as
    well unless step 4 starts from the device's own version.

    A choice whose row or files have not arrived is, until they have, as if it had not been made; only step 4
    is measured against it first, as far as its row is known, since what is taken over it will be taken
    anyway. A device's own choice gives way to the context's. The context's gives way to what it was set to
    before, by the newest `activated` in the histories, unless that is yanked or ruled out by a rollback; this
    to the one before it, and so on; the last to nothing, over which step 4 takes nothing newer than what the
    context is set to. So `versions` must come with their history wherever `arrived` is not None. Of what has
    not arrived, only the answers matter: to suppose that all has, and again without the answer while that is
    missing, leads to the same.
    """
    if package is None:
        return _decided(versions, None, "the package is not installed in this context")
    if package.disabled:
        return _decided(versions, None, "the package is disabled in this context")
    return _Case(package, versions, prefs, context_kind, device, arrived, doubted).resolution()


def effective_active(
    package: Package, versions: Sequence[PackageVersion], prefs: DevicePrefs | None
) -> PackageVersion | None:
    """The released version that was set: on this device when it goes its own way or is pinned, else for all.

    None when none was set, or when its row has not arrived.
    """
    rows = _by_id(versions)
    return _own(rows, prefs) or _released(rows.get(package.active_version_id or ""))


_Judged = Mapping[str, str | None]  # by row: why it should not activate by itself; None: it should


class _Case:
    """One package on one device. Each step answers, or leaves a remark on what was missing."""

    def __init__(
        self,
        package: Package,
        versions: Sequence[PackageVersion],
        prefs: DevicePrefs | None,
        context_kind: ContextKind,
        device: str,
        arrived: frozenset[str] | None,
        doubted: frozenset[str],
    ) -> None:
        self.package = package
        self.known = versions
        self.versions = [one for one in versions if one.package_version_id not in doubted]
        self.prefs = prefs
        self.device = device
        self.arrived = arrived
        self.doubted = doubted
        self.rows = _by_id(self.versions)
        self.tags, self.tags_are_own = following.effective_tags(package, prefs)
        self.range = following.effective_range(package, prefs)
        self.is_pinned = prefs is not None and prefs.pinned
        self.context_is_set_to = (
            f"{'the personal space' if context_kind == 'personal' else 'the context'} is set to"
        )
        self.remarks: list[str] = []

    def resolution(self) -> Resolution:
        prefs = self.prefs
        if prefs is None:
            return self.from_context(self.package.held_above)
        chosen = self.rows.get(prefs.active_version_id or "")
        if chosen is not None and _released(chosen) is None and self.is_whole(chosen):
            return self.decided(chosen, f"this device chose {_shown(chosen)}")
        own = _own(self.rows, prefs)
        held = prefs.held_above if prefs.override else None
        if own is not None:
            found = self.from_active(own, held, "this device chose")
            if found is not None:
                return found
        elif prefs.active_version_id is not None and _released(chosen) is None:
            self.miss(prefs.active_version_id, "this device chose")
        return self.from_context(_higher(held, self.package.held_above))

    def from_context(self, held: str | None) -> Resolution:
        active_id = self.package.active_version_id
        active = _released(self.rows.get(active_id or ""))
        if active is not None:
            return self.from_active(active, held, self.context_is_set_to) or self.from_former(active, held)
        if active_id is not None and active_id not in self.rows:
            self.miss(active_id, self.context_is_set_to)
            return self.from_former(None, held)
        judged = self.judged(None, held)
        best = _best(judged, self.rows)
        if best is None:
            return self.decided(None, "no version was activated, here or for the context", judged)
        return self.decided(best, f"{_shown(best)} is followed here, and none was activated", judged)

    def from_active(self, active: PackageVersion, held: str | None, says: str) -> Resolution | None:
        """Steps 3 to 5, from a version that was set; None when they lead to nothing that is here."""
        judged = self.judged(active, held)
        best = _best(judged, self.rows)
        if best is not None:
            reason = f"{_shown(best)} is followed here and newer than {active.version}, which {says}"
            return self.decided(best, reason, judged)
        if self.is_whole(active):
            return self.decided(active, f"{says} {_shown(active)}{self.why_kept(active)}", judged)
        self.miss(active.package_version_id, says)
        return None

    def from_former(self, missing: PackageVersion | None, held: str | None) -> Resolution:
        """What goes on while the version that the context was set to is missing."""
        for former in self.formers(missing, held):
            judged = self.judged(former, held, missing)
            best = _best(judged, self.rows)
            if best is not None:
                since = f"newer than {former.version}, which was used before"
                return self.decided(best, f"{_shown(best)} is followed here and {since}", judged)
            if self.is_whole(former):
                return self.decided(former, f"{_shown(former)} was used before", judged)
        judged = self.judged(None, held, missing)
        best = _best(judged, self.rows)
        if best is None:
            return self.decided(None, "none was used before that could go on", judged)
        return self.decided(
            best, f"{_shown(best)} is followed here; none was used before that could go on", judged
        )

    def formers(self, missing: PackageVersion | None, held: str | None) -> Sequence[PackageVersion]:
        """What the context was set to earlier and may go on, the latest first."""
        used = [
            version
            for version in self.versions
            if version is not missing
            and _released(version) is not None
            and not version.yanked
            and not _is_held(version, held, missing)
            and _latest(version, "activated")
        ]
        return sorted(used, key=lambda one: (_latest(one, "activated"), _rank(one)), reverse=True)

    def judged(
        self, active: PackageVersion | None, held: str | None, missing: PackageVersion | None = None
    ) -> _Judged:
        return {
            version.package_version_id: self.why_not(version, active, held, missing)
            for version in self.versions
        }

    def why_not(
        self,
        version: PackageVersion,
        active: PackageVersion | None,
        held: str | None,
        missing: PackageVersion | None = None,
    ) -> str | None:
        """Why `version` should not activate by itself over `active`; None: it should.

        `missing`: what `active`, or nothing, stands in for. Over nothing, only what is not newer should.
        """
        if not self.is_whole(version):
            return "its files have not all arrived yet"
        if version.yanked:
            return "it was yanked"
        tag = following.tag_matches(self.tags, self.tags_are_own, version, self.device)
        if not tag.holds:
            return tag.reason
        number = precedence(version.version)
        if active is None and missing is not None and number > precedence(missing.version):
            active = missing  # over which it should not either, or it had been taken
        if version is active:
            return "a newer one is followed"
        if active is not None and number <= precedence(active.version):
            return f"it is not newer than {active.version}"
        if _is_held(version, held, missing):
            return f"it is not newer than {held}, which was rolled back from"
        if self.is_pinned:
            return "this device is pinned"
        verdict = following.range_matches(self.range, active.version if active else None, version.version)
        return None if verdict.holds else verdict.reason

    def why_kept(self, active: PackageVersion) -> str:
        pinned = "; this device is pinned" if self.is_pinned else ""
        if not pinned and self.range is FollowRange.PINNED:
            pinned = "; the range is pinned"
        return pinned + ("; it was yanked, so it spreads no further" if active.yanked else "")

    def is_whole(self, version: PackageVersion) -> bool:
        return self.arrived is None or version.snapshot_digest in self.arrived

    def miss(self, row_id: str, says: str) -> None:
        version = _by_id(self.known).get(row_id)
        what = f"the version that {says}" if version is None else f"{_shown(version)}, which {says},"
        why = "is under quarantine" if row_id in self.doubted else "has not arrived yet"
        self.remarks.append(f"{what} {why}")

    def decided(
        self, version: PackageVersion | None, reason: str, judged: _Judged | None = None
    ) -> Resolution:
        if judged is not None:
            judged = {**judged, **dict.fromkeys(self.doubted, "its record is under quarantine: peers doctor")}
        return _decided(self.known, version, "; ".join((*self.remarks, reason)), judged)


def _decided(
    versions: Sequence[PackageVersion],
    chosen: PackageVersion | None,
    reason: str,
    judged: _Judged | None = None,
) -> Resolution:
    considered = []
    for version in sorted(versions, key=_rank, reverse=True):
        lost = reason if judged is None or version is chosen else judged[version.package_version_id]
        if lost is None:
            assert chosen is not None  # one that should activate by itself loses to a better one only
            lost = _why_behind(version, chosen)
        considered.append(Considered(version, version is chosen, lost))
    return Resolution(chosen, reason, tuple(considered))


def _best(judged: _Judged, rows: Mapping[str, PackageVersion]) -> PackageVersion | None:
    fit = [rows[version_id] for version_id, why_not in judged.items() if why_not is None]
    return max(fit, key=_rank, default=None)


def _rank(version: PackageVersion) -> tuple[Precedence, str, str, str]:
    """Sorts the better version last; the row's id only tells equal content apart."""
    return (
        precedence(version.version),
        _promoted_at(version),
        version.snapshot_digest,
        version.package_version_id,
    )


def _promoted_at(version: PackageVersion) -> str:
    """When it got its tag; of a record that comes without its history, when it was created."""
    return _latest(version, "promoted:beta", "promoted:stable") or version.created_at


def _latest(version: PackageVersion, *actions: HistoryAction) -> str:
    return max((entry.at for entry in version.history if entry.action in actions), default="")


def _why_behind(version: PackageVersion, chosen: PackageVersion) -> str:
    if precedence(version.version) < precedence(chosen.version):
        return f"{chosen.version} is newer"
    if _promoted_at(version) < _promoted_at(chosen):
        return f"{chosen.version} ({chosen.snapshot_digest[:12]}) is as new, and was promoted later"
    return f"{chosen.version} ({chosen.snapshot_digest[:12]}) is as new, and has the greater digest"


def _is_held(version: PackageVersion, held: str | None, active: PackageVersion | None) -> bool:
    """Whether a rollback rules it out: it is not newer than `held`, and not known to lie below `active`."""
    if held is None or precedence(version.version) > precedence(held):
        return False
    return active is None or precedence(version.version) > precedence(active.version)


def _higher(one: str | None, other: str | None) -> str | None:
    return max((held for held in (one, other) if held is not None), key=precedence, default=None)


def _own(rows: Mapping[str, PackageVersion], prefs: DevicePrefs | None) -> PackageVersion | None:
    if prefs is None or not (prefs.override or prefs.pinned):
        return None
    return _released(rows.get(prefs.active_version_id or ""))


def _released(version: PackageVersion | None) -> PackageVersion | None:
    return None if version is None or version.version_tag is VersionTag.DEV else version


def _by_id(versions: Iterable[PackageVersion]) -> Mapping[str, PackageVersion]:
    return {version.package_version_id: version for version in versions}


def _shown(version: PackageVersion) -> str:
    return f"{version.version} ({version.version_tag})"
