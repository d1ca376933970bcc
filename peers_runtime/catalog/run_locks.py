"""Who works at a run of a workflow: one file lock each, which ends with the process, however that ends.

POSIX only, as `lock` is.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from weakref import WeakMethod

from peers_runtime.catalog import lock


class RunLocks:
    """Those of one runtime, as files in a `folder`. Safe in threads; a forked child holds none of them."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}  # path -> descriptor
        self._guard = threading.Lock()
        # A child that outlives its parent would keep what the parent held.
        os.register_at_fork(after_in_child=partial(_call, WeakMethod(self._let_go)))

    def take(self, run_id: str) -> Callable[[], None] | None:
        """Hold a run; answers with the undo, None while somebody holds it. Raises `HomeNotWritable`."""
        path = os.path.join(self._folder, f"{run_id}.lock")
        while True:
            try:
                os.makedirs(self._folder, exist_ok=True)
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            except OSError as error:
                raise lock.not_writable(path, error) from error
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _is_at(path, descriptor):
                    with self._guard:
                        self._held[path] = descriptor
                    return partial(self._give_back, path, descriptor)
            except BlockingIOError:
                os.close(descriptor)
                return None
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)  # somebody has ended the run meanwhile, and taken the file away

    def _give_back(self, path: str, descriptor: int) -> None:
        with self._guard:
            if self._held.pop(path, None) != descriptor:
                return
        with suppress(FileNotFoundError):
            os.unlink(path)  # while it is locked, so that nobody else has it
        os.close(descriptor)

    def _let_go(self) -> None:
        """In a child: without unlocking, which would unlock the parent's, too."""
        held, self._held = self._held, {}
        self._guard = threading.Lock()
        for descriptor in held.values():
            os.close(descriptor)


def _is_at(path: str, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except OSError:
        return False


def _call(held: WeakMethod[Callable[[], None]]) -> None:
    found = held()
    if found is not None:
        found()
