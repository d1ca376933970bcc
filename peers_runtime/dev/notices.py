"""What the operating system tells of changed files, by watchfiles. Nothing here decides what it means."""

from __future__ import annotations

import threading
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

Notice = tuple[str, bool]  # absolute path, whether a file or folder came to be there


class NoNotices(Exception):
    """The operating system does not tell; the text says why, and what may be done."""


class Notices:
    """Tells of changes in `folders` from the moment it was made until `close`.

    `told` and `died` are called from threads of its own: `told` with every notice, of irrelevant files too;
    `died` at most once for each kind of folder, with the reason, after which notices are missing. Notices
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
        watches: list[tuple[Backend, int]] = []
        try:
            if folders.deep:
                watches.append((backend(sorted(folders.deep), True), _STEP_MS))
            if folders.flat:
                watches.append((backend(sorted(folders.flat), False), _FLAT_STEP_MS))
        except (NoNotices, OSError, RuntimeError) as error:  # watchfiles' own error is a RuntimeError
            for watch, _ in watches:
                watch.close()
            raise NoNotices(_why(error)) from error
        self._threads = [
            threading.Thread(
                target=self._listen, args=(watch, step_ms), name="peers dev notices", daemon=True
            )
            for watch, step_ms in watches
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Idempotent. Returns when the threads have ended."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_STOP_S)

    def _listen(self, watch: Backend, step_ms: int) -> None:
        try:
            while True:
                found = watch.watch(_DEBOUNCE_MS, step_ms, 0, self._stop)
                if isinstance(found, str):  # asked to stop
                    break
                self._told([(path, change == _ADDED) for change, path in found])
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
    text = str(error)
    if "watch limit" in text:
        return (
            "the system watches too many folders already; raise the limit with "
            "`sudo sysctl fs.inotify.max_user_watches=1048576`"
        )
    if "os error 24" in text:  # EMFILE
        return (
            "too many programs watch files already; raise the limit with "
            "`sudo sysctl fs.inotify.max_user_instances=1024`"
        )
    return text or type(error).__name__
