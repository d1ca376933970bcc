"""Whether others may have changed something: asked again and again, so it must cost nothing."""

from __future__ import annotations

from peers_runtime.base import errors
from peers_runtime.catalog import index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from collections.abc import Callable
    from typing import Protocol

    from peers_runtime.catalog.tail import Tail

    class News(Protocol):
        """Used by one thread."""

        def wait(self, stop: LockType) -> bool:
            """Until it is time to look; False, with the lock taken, once somebody has let go of `stop`."""
            ...

        def has_come(self) -> bool: ...

        def taken(self) -> None:
            """What has come was taken over; until this is called, it is still to come."""

        def close(self) -> None: ...


_INTERVAL_S = 0.25  # between two looks at the home's own index
_MARK_S = 0.5  # how long a writer may take from its commit to its index; longer, and it was killed


class IndexNews:
    """Of the home's own catalog: looks at its index file, whose writers replace it with every change.

    `seen` is the stamp of the index that the engine's state is from.
    """

    def __init__(self, path: str, seen: index.Stamp | None) -> None:
        self._path = path
        self._seen = seen
        self._found = seen
        self._marked_s = 0.0  # how long there has been a writer's mark at every look

    def wait(self, stop: LockType) -> bool:
        return not stop.acquire(timeout=_INTERVAL_S)

    def has_come(self) -> bool:
        found = self._found = index.stamp(self._path)
        if found is None:
            return False
        if index.is_marked(self._path):
            self._marked_s += _INTERVAL_S
            if self._marked_s < _MARK_S:
                return False
        elif found == self._seen:
            self._marked_s = 0.0
            return False
        self._marked_s = 0.0
        return True

    def taken(self) -> None:
        self._seen = self._found

    def close(self) -> None:
        """Nothing is open."""


class SharedNews:
    """Of a catalog that homes share: asks for the number of its last change.

    And whether `something_arrived` that was missing as of a change that is known.
    """

    def __init__(self, tail: Tail, known: Callable[[], int], something_arrived: Callable[[], bool]) -> None:
        self._tail = tail
        self._known = known
        self._something_arrived = something_arrived

    def wait(self, stop: LockType) -> bool:
        return self._tail.wait(stop)

    def has_come(self) -> bool:
        return self._tail.sequence() != self._known() or self._something_arrived()

    def taken(self) -> None:
        """What is known has the change by now."""

    def close(self) -> None:
        self._tail.close()


def told(error: BaseException) -> tuple[str, str, str]:
    """Why others' changes do not arrive: code, message and hint."""
    about = "what others change is not taken over"
    if isinstance(error, errors.PeersError):
        return error.code, f"{about}: {error.message}", error.hint
    return errors.PeersError.code, f"{about}: {type(error).__name__}: {error}", ""
