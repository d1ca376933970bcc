"""The changes that have not settled yet: what is known of each path, and what the disk says of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from peers_runtime.dev import leases
from peers_runtime.dev import tree as trees
from peers_runtime.dev.tree import Stamp
from peers_runtime.rules import settling

# A change that the disk shows before anybody told of it: the notice is on its way for up to two of its steps.
# Counting from then, it comes before the answer, not after it as a change of its own.
_ON_ITS_WAY_S = 0.010


class Pending:
    """Changed paths until they settle. `asks_kernel` says whether leases are to be had."""

    def __init__(self, known: Callable[[str], Stamp | None], *, asks_kernel: bool) -> None:
        self._known = known
        self._asks_kernel = asks_kernel
        self._paths: dict[str, _Path] = {}
        self._aliases: set[str] = set()
        # deleted before anybody asked; the notice of that may come later, even after the next answer
        self._temporary: set[str] = set()
        self._temporary_before: set[str] = set()
        self._unpeeked: dict[str, None] = {}  # in the order in which they changed

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    @property
    def seen_at(self) -> float:
        return min(path.seen_at for path in self._paths.values())

    def facts(self) -> Collection[settling.Change]:
        """What the last `look` has found."""
        return [path.facts(path.open) for path in self._paths.values()]

    def hearsay(self) -> Collection[settling.Change]:
        """The same without asking who has the files open: nobody tells when that ends."""
        return [path.facts(False) for path in self._paths.values()]

    def changed_since(self, at: float) -> frozenset[str]:
        return frozenset(path.name for path in self._paths.values() if path.changed_at > at)

    def stamps(self) -> dict[str, Stamp | None]:
        """Every path with its stamp at the last look, other names of the same files included."""
        return {name: path.stamp for name, path in self._paths.items()} | {
            name: trees.stamp(name) for name in self._aliases
        }

    def add(self, name: str, at: float, now: float, *, appeared: bool = False) -> None:
        """`name` changed at `at`. What came to be and is gone again was some program's temporary file."""
        path = self._paths.get(name)
        if path is None:
            if name in self._temporary | self._temporary_before and trees.stamp(name) is None:
                return
            known = self._known(name)
            path = _Path(name, at, held=known[1] > 0 if known else not appeared, new=appeared and not known)
            self._paths[name] = path
        path.changed_at = max(path.changed_at, at)
        path.look(now)
        self._unpeeked.pop(name, None)
        if name.endswith(".py"):
            self._unpeeked[name] = None
        self._drop_if_temporary(path)

    def add_found(self, found: dict[str, Stamp | None], now: float) -> bool:
        """What a look at everything has found; True when there was something new among it."""
        ours = {path.stamp for path in self._paths.values() if path.stamp is not None}
        news = False
        for name, stamp in found.items():
            if name in self._paths:
                continue
            if stamp in ours:  # a link whose target changed, or the other way round
                self._aliases.add(name)
                continue
            self.add(name, now, now, appeared=self._known(name) is None)
            news = True
        return news

    def bring_back(self, paths: Collection[str], seen_at: float) -> None:
        """What had settled at `seen_at` or later is no longer the whole answer."""
        for name in paths:
            if name not in self._paths:
                path = _Path(name, seen_at, held=False, new=False)
                path.look(seen_at)
                self._paths[name] = path
            self._paths[name].seen_at = min(self._paths[name].seen_at, seen_at)

    def were_read(self) -> None:
        """All that is there was read before it settled: when it goes, that is a change too."""
        for path in self._paths.values():
            path.new = False

    def look(self, now: float) -> None:
        """Ask the disk about every path."""
        for path in [*self._paths.values()]:
            if path.look(now):
                path.changed_at = now + _ON_ITS_WAY_S
                if path.name.endswith(".py"):
                    self._unpeeked[path.name] = None
            path.open = self._is_open(path)
            self._drop_if_temporary(path)

    def next_to_peek(self) -> str | None:
        """A changed module that can be read and that nobody is seen to write; each at most once a change."""
        for name in self._unpeeked:
            path = self._paths[name]
            if path.stamp is None or path.stamp == path.peeked or path.lost_at is not None:
                continue
            if not self._is_open(path):
                del self._unpeeked[name]
                path.peeked = path.stamp
                return name
        return None

    def clear(self) -> None:
        self._temporary_before, self._temporary = self._temporary, set()
        self._paths.clear()
        self._aliases.clear()
        self._unpeeked.clear()

    def _is_open(self, path: _Path) -> bool | None:
        if path.stamp is None:
            return False
        return leases.open_for_writing(path.name) if self._asks_kernel else None

    def _drop_if_temporary(self, path: _Path) -> None:
        if path.new and path.stamp is None:
            del self._paths[path.name]
            self._temporary.add(path.name)
            self._unpeeked.pop(path.name, None)


class _Path:
    """One changed path. `held`: it held something before; `new`: it was not there before."""

    __slots__ = ("changed_at", "held", "lost_at", "name", "new", "open", "peeked", "seen_at", "stamp")

    def __init__(self, name: str, now: float, *, held: bool, new: bool) -> None:
        self.name = name
        self.seen_at = now
        self.changed_at = now
        self.held = held
        self.new = new
        self.open: bool | None = False
        self.lost_at: float | None = None
        self.stamp: Stamp | None = None
        self.peeked: Stamp | None = None

    def look(self, now: float) -> bool:
        """Whether it is no longer as it was at the last look."""
        before, self.stamp = self.stamp, trees.stamp(self.name)
        empty = self.stamp is None or self.stamp[1] == 0
        if not empty:
            self.held = True
            self.lost_at = None
        elif (self.held or (self.stamp is None and not self.new)) and (
            self.lost_at is None or before != self.stamp
        ):
            self.lost_at = now
        return before != self.stamp

    def facts(self, is_open: bool | None) -> settling.Change:
        return settling.Change(
            self.name, self.seen_at, self.changed_at, is_open, self.lost_at, missing=self.stamp is None
        )
