"""What the operating system tells of changed files, by watchfiles. Nothing here decides what it means."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol

# the class that `watchfiles.watch` wraps, documented for direct use: its constructor starts the watch, so
# that nothing is lost between two calls, and says at once what is wrong
from watchfiles._rust_notify import RustNotify

from peers_runtime.dev.tree import Folders

# watchfiles looks for changes every `step`, and hands them over when one step brought no further path:
# after 1.5 steps at the median. Measured on Linux: 3 ms cost 1.0 % of a core while nothing happens and
# bring a change after 4 ms; 5 ms would be 0.6 % and 7 ms, 2 ms 1.6 % and 3 ms.
_STEP_MS = 3
_FLAT_STEP_MS = 20  # for pyproject.toml and targets of links, which change less often
_DEBOUNCE_MS = 20  # while further paths keep coming, hand over what there is after this long
_ADDED = 1  # watchfiles.Change.added, without importing all of watchfiles
_STOP_S = 5.0  # a step is over long before
_UNTOLD = "Unable to decode path"  # so a watch of watchfiles ends when a name is not UTF-8
_ANEW_S = 0.05  # between two beginnings after that: a log with such a name is written to again and again

Notice = tuple[str, bool]  # absolute path, whether a file or folder came to be there


class NoNotices(Exception):
    """The operating system does not tell; the text says why, and what may be done."""


class Notices:
    """Tells of changes in `folders` from the moment it was made until `close`.

    `told` and `died` are called from threads of its own: `told` with every notice, of irrelevant files too,
    and with the folders themselves when anything in them may have changed; `died` at most once for each
    kind of folder, with the reason, after which notices are missing. Notices
    that the system drops because its queue is full are dropped in silence: watchfiles does not pass on what
    inotify says of it. Raises `NoNotices`.
    """

    def __init__(
        self,
        folders: Folders,
        told: Callable[[Iterable[Notice]], None],
        died: Callable[[str], None],
        *,
        backend: Callable[[list[str], bool], Backend] | None = None,
    ) -> None:
        backend = of_watchfiles if backend is None else backend
        self._told = told
        self._died = died
        self._stop = threading.Event()
        watches: list[_Watch] = []
        try:
            if folders.deep:
                watches.append(_Watch(backend, sorted(folders.deep), True, _STEP_MS))
            if folders.flat:
                watches.append(_Watch(backend, sorted(folders.flat), False, _FLAT_STEP_MS))
        except (NoNotices, OSError, RuntimeError, UnicodeError) as error:  # watchfiles' own is a RuntimeError
            for watch in watches:
                watch.close()
            raise NoNotices(_why(error)) from error
        self._threads = [
            threading.Thread(target=self._listen, args=(watch,), name="peers dev notices", daemon=True)
            for watch in watches
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Idempotent. Returns when the threads have ended."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_STOP_S)

    def _listen(self, watch: _Watch) -> None:
        began_at = -math.inf
        try:
            while not self._stop.is_set():
                try:
                    self._told(watch.next(self._stop))
                except RuntimeError as error:
                    if not str(error).startswith(_UNTOLD):
                        raise
                    anything = [(folder, False) for folder in watch.folders]
                    if (pause_s := began_at + _ANEW_S - time.monotonic()) > 0:
                        self._told(anything)
                        self._stop.wait(pause_s)
                    began_at = time.monotonic()
                    watch.begin_anew()
                    self._told(anything)
        except Exception as error:  # noqa: BLE001 - whatever ends a watch, somebody must hear of it
            if not self._stop.is_set():
                self._died(_why(error))
        finally:
            watch.close()


class Backend(Protocol):
    """The part of watchfiles' `RustNotify` that is used."""

    def watch(
        self, debounce_ms: int, step_ms: int, timeout_ms: int, stop_event: threading.Event
    ) -> set[tuple[int, str]] | str: ...

    def close(self) -> None: ...


class _Watch:
    """One backend, and how to have another one in its place."""

    def __init__(
        self, make: Callable[[list[str], bool], Backend], folders: list[str], deep: bool, step_ms: int
    ) -> None:
        self._make = make
        self.folders = folders
        self._deep = deep
        self._step_ms = step_ms
        self._backend = make(folders, deep)

    def next(self, stop: threading.Event) -> list[Notice]:
        """Blocks until there are some; none when `stop` is set."""
        found = self._backend.watch(_DEBOUNCE_MS, self._step_ms, 0, stop)
        return [] if isinstance(found, str) else [(path, change == _ADDED) for change, path in found]

    def begin_anew(self) -> None:
        self._backend.close()
        self._backend = self._make(self.folders, self._deep)

    def close(self) -> None:
        self._backend.close()


def of_watchfiles(folders: list[str], deep: bool) -> Backend:
    """watchfiles' own notices. Raises `NoNotices` or whatever it raises."""
    watch = RustNotify(folders, False, False, 300, deep, False)
    if repr(watch).startswith("RustNotify(Poll("):  # what it falls back to misses a second save in a second
        watch.close()
        raise NoNotices("the system has no notices of changed files")
    return watch


def remote(folder: str, mounts: str = "/proc/self/mounts") -> str | None:
    """The type of the network file system that `folder` (real) lies on: who else changes files there is
    not told of. None for local ones, and where the system does not say.
    """
    try:
        with open(mounts, encoding="utf-8", errors="surrogateescape") as lines:
            places = [line.split(" ")[1:3] for line in lines]
    except OSError:
        return None
    within = [
        (len(place), kind)
        for escaped, kind in places
        if (place := escaped.replace("\\040", " ").rstrip("/")) == folder or folder.startswith(place + "/")
    ]
    kind = max(within)[1] if within else ""
    return kind if kind.removesuffix("4") in _REMOTE else None


_REMOTE = frozenset({
    "9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "fuse.vmhgfs-fuse", "lustre",
    "ncpfs", "nfs", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs",
})  # fmt: skip


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "the name of a folder to watch is not UTF-8"
    text = str(error)
    if "watch limit" in text:
        return (
            "the system watches too many folders already; raise the limit with "
            "`sudo sysctl fs.inotify.max_user_watches=524288`"
        )
    if "os error 24" in text:  # EMFILE
        return (
            "too many programs watch files already; raise the limit with "
            "`sudo sysctl fs.inotify.max_user_instances=1024`"
        )
    return text or type(error).__name__
