"""Keeps notices coming, whatever befalls them: they begin anew, or polling takes over until they are back."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from peers_runtime.dev import notices
from peers_runtime.dev.notices import NoNotices, Notice
from peers_runtime.dev.tree import Folders, Tree

_DEATHS = 3  # within `_DEATHS_S`, after which notices are given up for a while
_DEATHS_S = 10.0
_RETRY_S = 1.0  # before the first attempt to have notices again; doubled for each further one
_RETRY_AT_MOST_S = 60.0
_LOSSES = 2  # without a proof between, after which notices are not believed in any more

Arrived = dict[str, tuple[float, bool]]  # path -> when (monotonic), whether it came to be


class Stoppable(Protocol):
    def close(self) -> None: ...


Start = Callable[[Folders, Callable[[Iterable[Notice]], None], Callable[[str], None]], Stoppable]


class Listening:
    """Notices of the folders of `tree`, which may change.

    `polls` says that there are none, so that the caller has to look itself; `degraded` says why, when
    nobody asked for it. All but `close`, `wait` and `interrupt` belong to one thread.
    """

    def __init__(
        self,
        tree: Tree,
        *,
        polling: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        start: Start = notices.Notices,
    ) -> None:
        self._tree = tree
        self._monotonic = monotonic
        self._start = start
        self._signal = threading.Condition()
        self._arrived: Arrived = {}
        self._died: str | None = None
        self._interrupted = False
        self._closed = False
        self._notices: Stoppable | None = None
        self._generation = 0
        self._watched: tuple[frozenset[str], frozenset[str]] | None = None
        self._identities: dict[str, tuple[int, int] | None] = {}
        self._deaths: list[float] = []
        self._retry_at: float | None = None
        self._retry_s = _RETRY_S
        self._losses = 0
        self._asked_to_poll = polling
        self.polls = True
        self.degraded: str | None = None
        self._watch(tree.folders())

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def folders(self) -> Collection[str]:
        """The folders whose changes count, watched or not."""
        return self._identities

    @property
    def has_news(self) -> bool:
        """Whether `wait` would return at once."""
        return bool(self._arrived or self._died or self._interrupted or self._closed)

    def take(self) -> Arrived:
        """What was told since the last call."""
        with self._signal:
            arrived, self._arrived = self._arrived, {}
        return arrived

    def wait(self, until: float) -> None:
        """Returns when something was told, at `until` or when interrupted, whichever comes first."""
        with self._signal:
            if not self.has_news:
                self._signal.wait(min(max(0.0, until - self._monotonic()), threading.TIMEOUT_MAX))
            self._interrupted = False

    def interrupt(self) -> None:
        """`wait` returns, the next one if nobody waits now."""
        with self._signal:
            self._interrupted = True
            self._signal.notify_all()

    def names(self, path: str) -> bool:
        """Whether `path` is one of the watched folders themselves."""
        return path in self._identities

    def tend(self) -> bool:
        """Cheap: see to notices that died, or that are to be had again. Whether they were made anew."""
        with self._signal:
            died, self._died = self._died, None
        now = self._monotonic()
        if died is not None and not self.polls:
            self._deaths = [at for at in self._deaths if now - at < _DEATHS_S] + [now]
            if len(self._deaths) >= _DEATHS:
                self._give_up(died)
                return True
            self._watch(self._tree.folders())
            if not self.polls:
                self.degraded = f"watching ended and was started again: {died}"
            return True
        if self._retry_at is not None and now >= self._retry_at:
            self._watch(self._tree.folders())
            return not self.polls
        return False

    def follow(self) -> bool:
        """Watch the folders that the tree has now. Whether other ones are watched than before."""
        folders = self._tree.folders()
        now = (folders.deep, folders.flat)
        if self.polls or (now == self._watched and self._identities == _identities(folders)):
            return False
        self._watch(folders)
        return True

    def lost(self) -> None:
        """Files changed and nothing was told: begin anew; no longer after the second time in a row."""
        self._losses += 1
        if self._losses >= _LOSSES:
            self._replace(None)
            self.degraded = "the system does not tell of changes here; files are looked at again and again"
            return
        self._watch(self._tree.folders())
        if not self.polls:
            self.degraded = "the system did not tell of every change; all files were looked at again"

    def proved(self) -> None:
        """Changes were told, all of them: what went wrong before is over."""
        if not self.polls:
            self.degraded = None
            self._losses = 0

    def close(self) -> None:
        """Idempotent, from any thread. Returns when no thread is left."""
        with self._signal:
            self._closed = True
            running, self._notices = self._notices, None
            self._signal.notify_all()
        if running is not None:
            running.close()

    def _watch(self, folders: Folders) -> None:
        """The new notices run before the old ones end."""
        self._watched = (folders.deep, folders.flat)
        self._identities = _identities(folders)
        if self._asked_to_poll:
            return
        far = [kind for folder in self._identities if (kind := notices.remote(folder))]
        if far:
            self._replace(None)
            self.degraded = (
                f"a network file system ({far[0]}) does not tell of all changes; files are looked at instead"
            )
            return
        self._generation += 1
        generation = self._generation
        try:
            fresh = self._start(folders, self._told, lambda why: self._on_death(generation, why))
        except NoNotices as error:
            self._give_up(str(error))
            return
        self._replace(fresh)
        self.degraded = None
        self._retry_at = None
        self._retry_s = _RETRY_S

    def _give_up(self, why: str) -> None:
        self._replace(None)
        self.degraded = f"{why}; until then, files are looked at again and again"
        self._retry_at = self._monotonic() + self._retry_s
        self._retry_s = min(2 * self._retry_s, _RETRY_AT_MOST_S)

    def _replace(self, fresh: Stoppable | None) -> None:
        with self._signal:
            if not self._closed:
                fresh, self._notices = self._notices, fresh
                self.polls = self._notices is None
        if fresh is not None:  # the former ones; or the new ones, when all was closed meanwhile
            fresh.close()

    def _told(self, found: Iterable[Notice]) -> None:
        now = self._monotonic()
        with self._signal:
            for path, appeared in found:
                self._arrived[path] = now, appeared or self._arrived.get(path, (now, False))[1]
            self._signal.notify_all()

    def _on_death(self, generation: int, why: str) -> None:
        with self._signal:
            if generation == self._generation:
                self._died = why
                self._signal.notify_all()


def _identities(folders: Folders) -> dict[str, tuple[int, int] | None]:
    """Device and inode of each folder: one that was deleted and made anew is another, and watched no more."""
    identities: dict[str, tuple[int, int] | None] = {}
    for folder in folders.deep | folders.flat:
        try:
            status = os.stat(folder)
        except OSError:
            identities[folder] = None
        else:
            identities[folder] = status.st_dev, status.st_ino
    return identities
