"""From "a file changed" to "these files have changed, and are whole": what the dev loop waits for."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from peers_runtime.dev import checkouts, listening, notices
from peers_runtime.dev import tree as trees
from peers_runtime.dev.echoes import Echoes
from peers_runtime.dev.listening import Listening
from peers_runtime.dev.pending import Pending
from peers_runtime.dev.polling import Polling
from peers_runtime.dev.tree import Stamp, Tree
from peers_runtime.rules import settling

_POLL_S = 0.05  # between two looks at everything, when polling …
_POLL_SHARE = 20  # … or this many times what a look costs, so that it takes 5 % of a core at most
_GRACE_S = 0.1  # within which a notice must come of what a look has found
_MANY = 100  # notices for one answer, of which the system may have dropped some


@dataclass(frozen=True, slots=True)
class Settled:
    """Absolute paths of files that changed or went, and may be read now; times are seconds, monotonic."""

    paths: frozenset[str]
    seen_at: float  # the first notice
    settled_at: float


class Changes:
    """The changes of `tree`, each answered once, when they have settled.

    What changes before this was made is not seen: read the tree once before, so that it knows its folders,
    and once after. `peek` is called for each changed module as soon as it can be read and nobody writes to
    it, in the thread that waits in `next`, to do work ahead; what it raises is ignored, as the same work
    comes again. `polling`: look for changes instead of being told. `leases=False`: do not ask who has a
    file open. `start` makes the notices.

    All but `wake` and `close` belong to one thread.
    """

    def __init__(
        self,
        tree: Tree,
        *,
        polling: bool = False,
        leases: bool | None = None,
        peek: Callable[[str], object] | None = None,
        look_every_s: float = 2.0,
        monotonic: Callable[[], float] = time.monotonic,
        start: listening.Start = notices.Notices,
    ) -> None:
        self._tree = tree
        self._peek = peek
        self._look_every_s = look_every_s
        self._monotonic = monotonic
        # it listens before the first look: what changes between the two is seen twice, not missed
        self._listening = Listening(tree, polling=polling, monotonic=monotonic, start=start)
        self._polling = Polling(tree, contents=self._listening.polls)
        self._pending = Pending(self._polling.known, asks_kernel=leases is not False)
        self._last: _Last | None = None
        self._echoes = Echoes()
        self._woken = False
        self._told = 0  # notices since all was settled
        self._look_again = False  # something happened of which notices do not tell the whole
        self._follow_later = False  # … and other folders may have to be watched
        self._found = False  # a look found what no notice told
        self._suspects: frozenset[str] = frozenset()
        self._cost_s = 0.0  # of the last look at everything
        self._look_at = monotonic() + (_POLL_S if self._listening.polls else look_every_s)
        self.waiting: str | None = None

    @property
    def degraded(self) -> str | None:
        """Why watching is not as it should be; None when it is."""
        return self._listening.degraded

    def next(self, timeout_s: float | None = None) -> Settled | None:
        """The changes since the last answer, when they have settled; None when closed or after `timeout_s`.

        An answer without paths means: `wake` was called. While changes wait, `waiting` says for what.
        """
        give_up_at = math.inf if timeout_s is None else self._monotonic() + timeout_s
        self._after_last()
        while not self._listening.closed:
            now = self._monotonic()
            self._take_in()
            if self._woken:
                self._woken = False
                self.waiting = None
                self._look_at_everything()
                self._pending.were_read()
                self._last = _Last(Settled(frozenset(), now, now), {}, self._monotonic())
                return self._last.settled
            self._look_when_due()
            now = self._monotonic()
            verdict = self._verdict(now)
            if isinstance(verdict, settling.Settled):
                return self._settle(capped=verdict.capped)
            self.waiting = verdict.reason if verdict is not None else None
            if now >= give_up_at:
                return None
            self._rest(min(self._look_at, give_up_at, verdict.until_s if verdict is not None else math.inf))
        return None

    def stirred(self) -> bool:
        """Whether anything that matters has changed since `next` answered.

        True takes that answer back: its paths will be part of the next one. Files that never come to rest
        do not count when that is how they were answered. Costs a few µs for each path of the answer.
        """
        self._take_in()
        last = self._last
        if last is None:
            return len(self._pending) > 0
        now = self._monotonic()
        for path, stamp in last.stamps.items():
            if path not in self._pending and trees.stamp(path) != stamp:
                self._pending.add(path, now, now)
        if self._pending.changed_since(last.since) <= last.restless:
            return False
        self._pending.bring_back(last.settled.paths, last.settled.seen_at)
        self._last = None
        return True

    def wake(self) -> None:
        """Make `next` answer at once, without paths; from any thread."""
        self._woken = True
        self._listening.interrupt()

    def close(self) -> None:
        """`next` returns None from now on. Idempotent, from any thread; no thread is left."""
        self._listening.close()

    # ── what has changed ─────────────────────────────────────────────────────────────────────────

    def _take_in(self) -> None:
        """Notices become pending changes."""
        arrived = self._listening.take()
        self._told += len(arrived)
        for path, (at, appeared) in arrived.items():
            if self._listening.names(path):
                self._look_soon()
            elif not self._tree.holds(path):
                continue
            elif os.path.isdir(path) or self._was_folder(path):
                # what lay in it before it was watched, or left with it, is not told
                self._look_soon()
            elif path in self._pending or not self._echoes.holds(path):
                self._pending.add(path, at, self._monotonic(), appeared=appeared)

    def _was_folder(self, path: str) -> bool:
        return (
            self._polling.known(path) is None
            and not os.path.lexists(path)
            and self._polling.holds_below(path)
        )

    def _look_when_due(self) -> None:
        if self._listening.tend():
            self._look_soon()
        if self._monotonic() < self._look_at:
            return
        if self._listening.polls:
            self._look_at_everything()
            self._pending.look(self._monotonic())
            self._put_off_look(_POLL_S)
        elif self._look_again:
            first = self._look_at == -math.inf
            self._look_at_everything()
            self._put_off_look(settling.QUIET_SEVERAL_S)
            if not first and len(self._pending) == 0:
                self._look_again = False
                self._put_off_look(self._look_every_s)
                self._follow()
        elif len(self._pending) == 0:
            self._look_for_missed()
        else:
            self._put_off_look(self._look_every_s)

    def _look_soon(self) -> None:
        self._look_again = True
        self._follow_later = True
        self._look_at = -math.inf

    def _look_at_everything(self) -> bool:
        """Whether there is more than what is pending."""
        began = self._monotonic()
        self._polling.contents = self._listening.polls
        found = self._polling.changed()
        now = self._monotonic()
        self._cost_s = now - began
        news = self._pending.add_found(found, now)
        self._found |= news
        return news

    def _look_for_missed(self) -> None:
        """A change that a look finds twice, and that no notice has told in between, was missed."""
        found = self._polling.changed()
        missed = {path: stamp for path, stamp in found.items() if path in self._suspects}
        self._suspects = frozenset(found) - missed.keys()
        self._put_off_look(_GRACE_S if self._suspects else self._look_every_s)
        if missed:
            self._listening.lost()
            self._look_soon()
        elif not found:
            self._follow()

    def _follow(self) -> None:
        self._follow_later = False
        if self._listening.follow():
            self._look_soon()

    # ── whether it has settled ───────────────────────────────────────────────────────────────────

    def _verdict(self, now: float) -> settling.Settled | settling.Wait | None:
        """None when nothing has changed."""
        if len(self._pending) == 0:
            return None
        hearsay = settling.judge(self._pending.hearsay(), now)
        if isinstance(hearsay, settling.Wait):
            return hearsay
        verdict = self._verdict_of_disk()
        if isinstance(verdict, settling.Settled) and self._must_look():
            self._told = 0
            self._look_again = self._look_at_everything()
            if not self._look_again:
                self._put_off_look(_POLL_S if self._listening.polls else self._look_every_s)
            verdict = self._verdict_of_disk()
        return verdict

    def _verdict_of_disk(self) -> settling.Settled | settling.Wait | None:
        checkout = checkouts.lock(self._listening.folders)
        now = self._monotonic()
        self._pending.look(now)
        return settling.judge(self._pending.facts(), now, checkout) if len(self._pending) else None

    def _must_look(self) -> bool:
        return (
            self._look_again
            or self._listening.polls
            or self._told >= _MANY
            # a new file, in what may be a new folder; or the target of a link, which goes by another name too
            or any(self._polling.known(path) is None for path in self._pending)
        )

    def _settle(self, *, capped: bool) -> Settled:
        stamps = self._pending.stamps()
        for path, stamp in stamps.items():
            self._polling.take(path, stamp)
        if not self._found:
            self._listening.proved()
        self._found = False
        self._told = 0
        self._suspects = frozenset()
        self.waiting = None
        paths = frozenset(self._pending)
        self._echoes.answered(paths)
        settled = Settled(paths, self._pending.seen_at, self._monotonic())
        self._pending.clear()
        self._last = _Last(settled, stamps, -math.inf, paths if capped else frozenset())
        return settled

    def _after_last(self) -> None:
        """What the last answer means for the folders to watch; after it, to not delay it."""
        last, self._last = self._last, None
        if last is None:
            return
        if (
            self._follow_later
            or not last.stamps
            or any(
                stamp is None or path.endswith("pyproject.toml") or os.path.islink(path)
                for path, stamp in last.stamps.items()
            )
        ):
            self._follow()

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────

    def _rest(self, until: float) -> None:
        """Work ahead, one file at a time, then wait."""
        while self._peek is not None and (path := self._pending.next_to_peek()) is not None:
            with contextlib.suppress(Exception):
                self._peek(path)
            if self._listening.has_news or self._monotonic() >= until:
                return
        self._listening.wait(until)

    def _put_off_look(self, pause_s: float) -> None:
        if self._listening.polls:
            pause_s = max(pause_s, _POLL_SHARE * self._cost_s)
        self._look_at = self._monotonic() + pause_s


@dataclass(frozen=True, slots=True)
class _Last:
    """The last answer, until it is done with. What changed `since`, `restless` paths left out, is news."""

    settled: Settled
    stamps: dict[str, Stamp | None]
    since: float
    restless: frozenset[str] = frozenset()
