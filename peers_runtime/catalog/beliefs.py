"""What this device believes of a catalog: what it has found right of its records, and what it does not use.

Each device judges for itself, and remembers what it has found right, so that nobody can put something older
or other back. What is not right is listed and never applied: a version is as one that has not arrived; of a
package and of the members of a context, the last record that was right goes on. What the device has chosen
for itself nobody else has to believe, so that is sealed with the home's own key.

What is here is local, one file for each context in a folder of the home.
"""

from __future__ import annotations

import functools
import hmac
import json
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from peers_runtime.base import canonical
from peers_runtime.catalog.known import Known, Said, stamp
from peers_runtime.model.catalog import (
    Context,
    ContextKind,
    DevicePrefs,
    Membership,
    Package,
    PackageVersion,
    Removal,
)
from peers_runtime.rules import history, packages, roster
from peers_runtime.rules.roster import Roster
from peers_runtime.rules.signatures import Opened


@dataclass(frozen=True)
class Doubt:
    """What is wrong with a record, in words; without problems all is well with it again."""

    subject: str  # "notes@1.2.0", "notes", "acme"
    what: str  # "the record of notes 1.2.0 in context 'acme'"
    context_id: str
    problems: Sequence[str]
    hint: str


Tell = Callable[[Doubt], object]
"""Hears of what is wrong with a record, once; and when all is well with it again."""

_MEMBERS = "members"  # what is refused, beside ids of rows


class Beliefs:
    """Those of one catalog, in `folder`, which is made when there is something to remember. Safe in threads.

    `opened` verifies signatures; without it every record is taken as it is. `key` is the home's own.
    `standing` has what a version's row says now, by its id, whatever view of the catalog others have;
    `not_built` has why this device has not built what is said to be its own, None when it has. A file
    that cannot be read is as an empty one; in a home that cannot be written this object alone knows.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        key: Callable[[], bytes],
        opened: Opened | None = None,
        tell: Tell = lambda _: None,
        standing: Callable[[str], Said | None] = lambda _: None,
        not_built: Callable[[PackageVersion], str | None] = lambda _: None,
    ) -> None:
        self._standing = standing
        self._not_built = not_built
        self._folder = os.fspath(folder)
        self._key = functools.cache(key)
        self._opened = opened
        self._tell = tell
        self._guard = threading.RLock()
        self._contexts: dict[str, Known] = {}
        self._changed: set[str] = set()

    # ── members and packages ─────────────────────────────────────────────────────────────────────

    def roster(self, context: Context, changes: Sequence[Membership], *, remember: bool = True) -> Roster:
        """Who is what in a context, as far as these changes are right.

        `remember`: False for what may never be committed.
        """
        if self._opened is None:
            return Roster(changes)
        with self._guard:
            known = self._fresh(context.context_id)
            if known.roster is not None and known.roster.changes == tuple(changes):
                return known.roster
            accepted = known.roster.changes if known.roster is not None else ()
            found, problem = roster.verified(changes, context.kind, self._opened, accepted)
            if not remember:
                return found
            if found.count > len(accepted):
                self._changed.add(context.context_id)
            known.roster = found
            where = f"context {context.context_id!r}"
            self._judged(
                known,
                _MEMBERS,
                Doubt(
                    context.context_id,
                    f"what is said of the members of {where} after change {found.count}",
                    context.context_id,
                    () if problem is None else (problem,),
                    f"peers members --context {context.context_id}",
                ),
            )
            return found

    def accept(self, context_id: str, found: Roster) -> None:
        """Who is what, as somebody has said here who may: the changes themselves cannot show that.

        Remembered for good with what is found next, which is after the commit.
        """
        with self._guard:
            self._of(context_id).roster = found
            self._changed.add(context_id)

    def package(
        self,
        stored: Package,
        roster: Roster,
        kind: ContextKind,
        *,
        removal: Removal | None = None,
        has_signed_versions: bool,
        remember: bool = True,
    ) -> Package | None:
        """The record, when it is right; else the last one that was, counted on; None when there is none.

        A `removal` that is right says that it is another installation than what was known before it.
        `remember`: see `roster`.
        """
        if self._opened is None:
            return stored
        with self._guard:
            known = self._of(stored.context_id)
            row = stored.package_id
            accepted = known.packages.get(row)
            removed = known.removed.get(row, 0)
            least = max(removed, accepted.revision if accepted is not None else 0)
            if removal is not None and packages.is_removal(
                removal, roster, kind, self._opened, least, known.as_of
            ):
                accepted, removed = None, removal.revision
                if remember:
                    known.packages.pop(row, None)
                    known.removed[row] = removed
                    self._changed.add(stored.context_id)
            problems = packages.problems(
                stored,
                roster,
                kind,
                self._opened,
                accepted=accepted,
                removed=removed,
                since=known.as_of,
                has_signed_versions=has_signed_versions,
            )
            what = f"what is said of {stored.name} in context {stored.context_id!r}"
            hint = f"an Admin sets it right by the next act, or: peers uninstall {stored.name}"
            if remember:
                self._judged(known, row, Doubt(stored.name, what, stored.context_id, problems, hint))
            if not problems:
                if remember and stored != accepted and stored.signature is not None:
                    known.packages[row] = stored
                    self._changed.add(stored.context_id)
                return stored
            if accepted is None:
                return None
            return accepted.model_copy(update={"revision": max(stored.revision, accepted.revision)})

    # ── versions ─────────────────────────────────────────────────────────────────────────────────

    @property
    def judges(self) -> bool:
        return self._opened is not None

    def admits(self, version: PackageVersion) -> bool:
        """Whether it is not under quarantine."""
        return version.package_version_id not in self._of(version.context_id).refused

    def refused(self, context_id: str) -> frozenset[str]:
        """The ids of what is under quarantine in a context."""
        return frozenset(self._of(context_id).refused)

    def differs(self, context_id: str, row: str, digest: str | None) -> bool:
        """Whether a version's row says something else than when it was judged last; None: nothing signed."""
        known = self._of(context_id).said.get(row)
        return known is not None if digest is None else known is None or digest not in known

    def problems(
        self, version: PackageVersion, roster: Roster, kind: ContextKind, publish_keys: Sequence[str]
    ) -> tuple[str, ...]:
        """As `history.problems`, after what was seen of the history before; also of builds that are none."""
        assert self._opened is not None  # else there is nothing to ask
        known = self._of(version.context_id)
        not_built = self._not_built(version)
        found = history.problems(
            version,
            roster,
            kind,
            self._opened,
            seen=known.seen.get(version.package_version_id),
            since=known.as_of,
            publish_keys=publish_keys,
        )
        return found if not_built is None else (*found, not_built)

    def judge(
        self,
        versions: Iterable[tuple[PackageVersion, Said]],
        roster: Roster,
        kind: ContextKind,
        publish_keys: Mapping[str, Sequence[str]],
    ) -> None:
        """Look at records of one context, which come with their histories; about 0.4 ms for a signed one.

        `publish_keys` are those of each package, by its id.
        """
        with self._guard:
            for version, said in versions:
                keys = publish_keys.get(version.package_id, ())
                problems = self.problems(version, roster, kind, keys)
                if not (problems and self._is_overtaken(version, said, roster, kind, keys)):
                    self._keep(version, said, problems)

    def _is_overtaken(
        self, version: PackageVersion, said: Said, roster: Roster, kind: ContextKind, keys: Sequence[str]
    ) -> bool:
        """Whether it was right once, and another one stands there by now: it was read from an older view."""
        assert self._opened is not None  # else nothing would be judged
        if self._not_built(version) or history.problems(
            version, roster, kind, self._opened, publish_keys=keys
        ):
            return False
        return self._standing(version.package_version_id) not in (None, said)

    def _keep(self, version: PackageVersion, said: Said, problems: tuple[str, ...]) -> None:
        known, row = self._of(version.context_id), version.package_version_id
        where = f"{version.name} {version.version} in context {version.context_id!r}"
        doubt = Doubt(
            f"{version.name}@{version.version}",
            f"the record of {where}",
            version.context_id,
            problems,
            f"peers versions {version.name} --history --context {version.context_id}",
        )
        self._judged(known, row, doubt)
        seen = history.seen(version)
        if not problems and seen is not None and known.seen.get(row) != seen:
            known.seen[row] = seen
            self._changed.add(version.context_id)
        if version.signature is not None and known.said.get(row) != said:
            known.said[row] = said
            self._changed.add(version.context_id)

    def settle(self, context_id: str, roster: Roster) -> None:
        """All of a context has been looked at: what is signed later knows of these changes of its members."""
        with self._guard:
            known = self._of(context_id)
            if known.as_of < roster.count:
                known.as_of = roster.count
                self._changed.add(context_id)

    def save(self) -> None:
        """Remember what was found since the last time."""
        with self._guard:
            changed, self._changed = self._changed, set()
            for context_id in changed:
                self._write(context_id, self._contexts[context_id])

    # ── what this device has chosen ──────────────────────────────────────────────────────────────

    def seal(self, device: str, prefs: DevicePrefs) -> str:
        """What shows that the preferences are this home's own."""
        statement = canonical.dumps({"device": device, "prefs": prefs.wire()})
        return hmac.digest(self._key(), statement, "sha256").hex()

    def owns(self, device: str, prefs: DevicePrefs, seal: str | None) -> bool:
        """Whether it was this home that sealed them; said once when not."""
        is_own = seal is not None and hmac.compare_digest(seal, self.seal(device, prefs))
        what = (
            f"what device {device} has chosen for package {prefs.package_id} in context {prefs.context_id!r}"
        )
        problems = () if is_own else ("this home has not written it",)
        hint = f"choose again, as with: peers follow {prefs.package_id} --group --context {prefs.context_id}"
        with self._guard:
            known = self._of(prefs.context_id)
            row = f"{device}/{prefs.package_id}"
            self._judged(known, row, Doubt(row, what, prefs.context_id, problems, hint))
        return is_own

    def seal_of(self, *said: object) -> str:
        """What shows that this home has said that, as JSON data."""
        statement = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
        return hmac.digest(self._key(), statement, "sha256").hex()

    # ── how ──────────────────────────────────────────────────────────────────────────────────────

    def _judged(self, known: Known, row: str, doubt: Doubt) -> None:
        before = known.refused.get(row, [])
        if list(doubt.problems) == before:
            return
        if doubt.problems:
            known.refused[row] = list(doubt.problems)
        else:
            del known.refused[row]
        self._changed.add(doubt.context_id)
        self._tell(doubt)

    def _of(self, context_id: str) -> Known:
        with self._guard:
            known = self._contexts.get(context_id)
            if known is None:
                known = self._contexts[context_id] = self._read(context_id)
            return known

    def _fresh(self, context_id: str) -> Known:
        """With what other processes of this home have found since."""
        with self._guard:
            known = self._of(context_id)
            if context_id not in self._changed and known.stamp != stamp(self._path(context_id)):
                known = self._contexts[context_id] = self._read(context_id)
            return known

    def _read(self, context_id: str) -> Known:
        path = self._path(context_id)
        found = stamp(path)
        if found is None or self._opened is None:
            return Known()
        try:
            with open(path, encoding="utf-8") as file:
                return Known.from_data(json.load(file), found)
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            return Known()

    def _write(self, context_id: str, known: Known) -> None:
        """Other processes find it whole or not at all; after a power loss it may be gone."""
        path = self._path(context_id)
        new = f"{path}.{os.getpid()}"
        try:
            os.makedirs(self._folder, exist_ok=True)
            with open(new, "w", encoding="utf-8") as file:
                json.dump(known.as_data(), file)
            os.replace(new, path)
            known.stamp = stamp(path)
        except OSError:
            with suppress(OSError):
                os.unlink(new)

    def _path(self, context_id: str) -> str:
        return os.path.join(self._folder, f"{context_id}.json")
