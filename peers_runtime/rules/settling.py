"""When changed files have come to rest: no half-written, empty or mixed state passes for an author's save."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

QUIET_ONE_S = 0.005  # seconds without a change, when one path changed
QUIET_SEVERAL_S = 0.060  # … when several did: editors' "save all", formatters, a checkout
# … when nobody can tell who has a file open: editors write in one go, within a few ms; generators and
# formatters flush every few tens of ms; 100 ms is still felt as at once
QUIET_UNSURE_S = 0.100
LOST_S = 0.150  # seconds for which a file may be empty or missing before that is meant
CAP_S = 2.0  # seconds after which files that are rewritten without end are taken as they are

_SOON_S = 0.002  # between two looks at what tells nobody when it ends (a writer, a checkout)
_LATER_S = 0.020


@dataclass(frozen=True, slots=True)
class Change:
    """What is known of one changed path; times are seconds of a monotonic clock.

    `open` is None where nobody can tell. `lost_at` is since when a file that held something is empty, or
    since when a file that was there is missing.
    """

    path: str
    seen_at: float  # the first change
    changed_at: float  # the latest one
    open: bool | None = False  # whether anybody may write to it now
    lost_at: float | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """The files may be read. `capped` says that they are taken although they keep changing."""

    reason: str
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again at `until_s` (of the same clock as the facts), or as soon as something else changes."""

    until_s: float
    reason: str


def judge(changes: Collection[Change], now: float, checkout: str | None = None) -> Settled | Wait:
    """Whether `changes` (at least one) are all there is, and whole.

    `checkout` is the lock file of a version control system that is at work on the files. All of these must
    hold: no checkout; nobody writes; what is empty or missing has been so for `LOST_S`; and the quiet time
    has passed, or the same files (no new one) have been rewritten for `CAP_S`.

    Where `Change.open` is None, a writer that pauses for longer than `QUIET_UNSURE_S` in the middle of a
    file that it keeps open is not told from one that is done: what it wrote so far counts as settled.
    """
    waits = [*_waits(changes, now, checkout)]
    if waits:
        return max(waits, key=lambda wait: wait.until_s)
    quiet_s, because = _quiet(changes)
    quiet_at = max(change.changed_at for change in changes) + quiet_s
    if now >= quiet_at:
        return Settled(f"nothing changed for {_ms(quiet_s)}, {because}")
    newest = max(change.seen_at for change in changes)
    newest_at = newest + QUIET_SEVERAL_S if len(changes) > 1 else newest
    cap_at = max(min(change.seen_at for change in changes) + CAP_S, newest_at)
    if now >= cap_at:
        return Settled(f"the same files have been rewritten for {CAP_S:g} s", capped=True)
    return Wait(min(quiet_at, cap_at), f"the last change is not yet {_ms(quiet_s)} ago, {because}")


def _waits(changes: Iterable[Change], now: float, checkout: str | None) -> Iterable[Wait]:
    if checkout is not None:
        yield Wait(now + _LATER_S, f"{checkout} says that a checkout is under way")
    for change in changes:
        if change.open:
            # a writer that has been at it for long may go on for long
            pause = min(max((now - change.changed_at) / 4, _SOON_S), _LATER_S)
            yield Wait(now + pause, f"{change.path} is open for writing")
        if change.lost_at is not None and now < change.lost_at + LOST_S:
            how = "missing" if change.missing else "empty"
            yield Wait(
                change.lost_at + LOST_S, f"{change.path} is {how}, as editors leave a file for a moment"
            )


def _quiet(changes: Collection[Change]) -> tuple[float, str]:
    if any(change.open is None for change in changes):
        return QUIET_UNSURE_S, "as nobody can tell whether the files are still open"
    if len(changes) > 1:
        return QUIET_SEVERAL_S, "as several files changed"
    return QUIET_ONE_S, "as one file changed"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
