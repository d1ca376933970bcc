"""What happened to a version: entries that are chained and signed, and the record that they explain.

Each entry names the digest of the one before it and is signed by who acted. The record's signature, by who
acted last, covers the whole record and the digest of the last entry; so nothing can be changed, cut, swapped
or left out without a key. Statements are RFC 8785 JSON, rebuilt here and compared with the very bytes that
were signed. What counts is what a signer was, and which keys they had, as of the change of the context's
members that the entry names: see `roster`.

The first entry of a dev version may be unsigned, and its record with it: a dev version is signed when it is
first shared. Once it is promoted, the signed entry that follows covers the first one. A dev row that takes
another snapshot begins a new history, signed when the one before it was; what was released does not.

What this cannot show: that a whole record is older than one seen before, or an entry signed by somebody who
was no longer what they say (tell `problems` what was `seen`), or that a dev version without any signature has
ever been something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from peers_runtime.base import canonical
from peers_runtime.model.catalog import ContextKind, HistoryAction, HistoryEntry, PackageVersion, VersionTag
from peers_runtime.rules import authorship, permissions, signatures
from peers_runtime.rules.permissions import Act
from peers_runtime.rules.roster import Roster


class Standing(NamedTuple):
    """What a version has come to by its history."""

    tag: VersionTag
    yanked: bool = False

    def __str__(self) -> str:
        return f"{self.tag}, yanked" if self.yanked else str(self.tag)


class Seen(NamedTuple):
    """How far somebody has seen a history go: the number of its entries, and the digest of the last one."""

    entries: int
    head: str


_DEV = Standing(VersionTag.DEV)
_BETA = Standing(VersionTag.BETA)
_STABLE = Standing(VersionTag.STABLE)
_YANKED_BETA = Standing(VersionTag.BETA, yanked=True)
_YANKED_STABLE = Standing(VersionTag.STABLE, yanked=True)

TRANSITIONS: Final[Mapping[tuple[Standing | None, HistoryAction], Standing]] = {
    (None, "created"): _DEV,
    (_DEV, "promoted:beta"): _BETA,
    (_DEV, "promoted:stable"): _STABLE,
    (_BETA, "promoted:stable"): _STABLE,
    (_BETA, "activated"): _BETA,
    (_BETA, "rolled-back"): _BETA,
    (_BETA, "yanked"): _YANKED_BETA,
    (_STABLE, "activated"): _STABLE,
    (_STABLE, "rolled-back"): _STABLE,
    (_STABLE, "yanked"): _YANKED_STABLE,
    # a yanked version stays active where it is, so one can still leave it
    (_YANKED_BETA, "rolled-back"): _YANKED_BETA,
    (_YANKED_STABLE, "rolled-back"): _YANKED_STABLE,
}

_ACTS: Final[Mapping[HistoryAction, Act]] = {
    "created": Act.INSTALL,
    "promoted:beta": Act.PROMOTE,
    "promoted:stable": Act.PROMOTE,
    "activated": Act.ACTIVATE,
    "rolled-back": Act.ROLL_BACK,
    "yanked": Act.YANK,
}
_FORMAT = 1  # of both statements
_IDENTITY: Final = {"package_version_id", "context_id", "package_id", "name", "version", "snapshot_digest"}


def appended(version: PackageVersion, action: HistoryAction, by: str, at: str) -> PackageVersion:
    """The record with one more entry, its tag and yank as the action leaves them; not signed yet.

    `at` is ISO 8601 in UTC. A promotion takes the record from its device, and clears the author's signature,
    which was given for another tag. Raises ValueError for an action that cannot follow: the rule of that act
    should have been asked before.
    """
    standing = TRANSITIONS.get((_standing(version), action))
    if standing is None:
        raise ValueError(_cannot_follow(_standing(version), action))
    entry = HistoryEntry(action=action, by=by, at=at, previous_digest=_head(version))
    is_promotion = standing.tag is not version.version_tag
    return version.model_copy(
        update={
            "version_tag": standing.tag,
            "yanked": standing.yanked,
            "device_id": version.device_id if standing == _DEV else None,
            "signature": None,
            "author_signature": None if is_promotion else version.author_signature,
            "history": (*version.history, entry),
        }
    )


def signed(version: PackageVersion, known: int, as_of: int, sign: signatures.Sign) -> PackageVersion:
    """The record with its entries after the first `known` ones signed, and itself.

    `sign` makes an envelope with the key of who appended all of these; it is asked once for each, and once
    for the record. `as_of` is how many changes of its members the context has had. Each entry names the one
    before it as that is now, with its signature.
    """
    entries = list(version.history[:known])
    for planned in version.history[known:]:
        previous = entry_digest(entries[-1]) if entries else None
        entry = planned.model_copy(update={"previous_digest": previous, "as_of": as_of})
        signature = sign(entry_statement(version, entry))
        entries.append(entry.model_copy(update={"signature": signature}))
    written = version.model_copy(update={"history": tuple(entries)})
    return written.model_copy(update={"signature": sign(record_statement(written))})


def problems(
    version: PackageVersion,
    roster: Roster,
    kind: ContextKind,
    opened: signatures.Opened,
    *,
    seen: Seen | None = None,
    since: int = 0,
    publish_keys: Sequence[str] = (),
) -> tuple[str, ...]:
    """What is wrong with the record and its history, in words; nothing when every link and signature holds.

    `roster` is that of the version's context. `seen` is how far this row's history was seen to go before: it
    must go on from there. `since` is how many changes of its members the context had then: who signs later
    knows of them. `publish_keys` are those of the package. Costs one verification for each signed entry, one
    for the record, and one for the author's signature. Times are what the actors' clocks said, and not
    compared.
    """
    found = list(_problems(version, roster, kind, opened, seen, since))
    by_author = authorship.fault(version, publish_keys, opened)
    return tuple(found if by_author is None else [*found, by_author])


def seen(version: PackageVersion) -> Seen | None:
    """What to remember of a signed record, for the next `problems`; None of one that is not signed."""
    if version.signature is None or not version.history:
        return None
    return Seen(len(version.history), entry_digest(version.history[-1]))


def entry_digest(entry: HistoryEntry) -> str:
    """The SHA-256 of the whole entry, its signature included; the next entry names it."""
    return canonical.digest(entry.wire())


def entry_statement(version: PackageVersion, entry: HistoryEntry) -> bytes:
    """What the actor signs: the entry without its signature, and which version of what it is about."""
    about = version.model_dump(mode="json", by_alias=True, include=_IDENTITY)
    said = entry.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"signature"})
    return canonical.dumps({"format": _FORMAT, "entry": said, "version": about})


def record_statement(version: PackageVersion) -> bytes:
    """What the record's signature covers: all of it but that signature, the history by its last digest."""
    record = version.model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude={"history", "signature"}
    )
    return canonical.dumps({"format": _FORMAT, "record": record, "historyHead": _head(version)})


def _head(version: PackageVersion) -> str | None:
    return entry_digest(version.history[-1]) if version.history else None


def _standing(version: PackageVersion) -> Standing | None:
    return Standing(version.version_tag, version.yanked) if version.history else None


def _cannot_follow(standing: Standing | None, action: HistoryAction) -> str:
    if standing is None:
        return f"a history begins with created, not with {action}"
    return f"{action} cannot happen to a version that is {standing}"


def _problems(
    version: PackageVersion,
    roster: Roster,
    kind: ContextKind,
    opened: signatures.Opened,
    seen: Seen | None,
    since: int,
) -> Iterator[str]:
    if seen is not None and _begins_anew(version, seen):
        seen = None
    standing: Standing | None = None
    previous: str | None = None
    least = 0  # changes of the members that the next entry must know of
    known = seen.entries if seen is not None else 0
    for number, entry in enumerate(version.history, 1):
        where = f"entry {number} ({entry.action} by {entry.by})"
        if entry.previous_digest != previous:
            yield f"{where}: it names another entry before it than the one that stands there"
        previous = entry_digest(entry)
        after = TRANSITIONS.get((standing, entry.action))
        if after is None:
            yield f"{where}: {_cannot_follow(standing, entry.action)}"
        else:
            standing = after
        if entry.signature is not None:
            least = max(least, since if number > known else 0)
            for fault in _of_entry(version, entry, roster, kind, opened, least):
                yield f"{where}: {fault}"
            least = max(least, entry.as_of or 0)
        elif number > 1:
            yield f"{where}: it is not signed"
    yield from _of_record(version, standing, roster, opened)
    if seen is not None and not _goes_on(version, seen):
        yield f"the history does not go on where the one seen before ended, after {seen.entries} entries"


def _begins_anew(version: PackageVersion, seen: Seen) -> bool:
    """Whether it is a dev version with another snapshot; one that was released, or signed, stays that."""
    is_dev = version.version_tag is VersionTag.DEV and version.signature is not None
    return is_dev and seen.entries == 1 and not _goes_on(version, seen)


def _goes_on(version: PackageVersion, seen: Seen) -> bool:
    history = version.history
    return len(history) >= seen.entries and entry_digest(history[seen.entries - 1]) == seen.head


def _of_entry(
    version: PackageVersion,
    entry: HistoryEntry,
    roster: Roster,
    kind: ContextKind,
    opened: signatures.Opened,
    least: int,
) -> Iterator[str]:
    """What is wrong with a signed entry by itself."""
    as_of = entry.as_of or 0
    if not least <= as_of <= roster.count:
        yield f"it is as of change {as_of} of the members, where it must be {least} to {roster.count}"
    member = roster.member(entry.by, as_of)
    fault = signatures.fault(entry.signature, entry_statement(version, entry), member, opened)
    if fault is not None:
        yield fault
    judged = permissions.judge(_ACTS[entry.action], member.role, kind)
    if isinstance(judged, permissions.Denied):
        yield judged.reason


def _of_record(
    version: PackageVersion, standing: Standing | None, roster: Roster, opened: signatures.Opened
) -> Iterator[str]:
    stated = Standing(version.version_tag, version.yanked)
    if not version.history:
        yield "the record has no history"
    elif stated != standing:
        yield f"the record says {stated}, its history leads to {standing or 'nothing'}"
    if version.signature is not None:
        last = version.history[-1] if version.history else None
        member = roster.member(last.by, last.as_of) if last is not None else roster.member(version.created_by)
        fault = signatures.fault(version.signature, record_statement(version), member, opened)
        if fault is not None:
            yield f"the record: {fault}"
    elif stated != _DEV or any(entry.signature is not None for entry in version.history):
        yield "the record is not signed"
