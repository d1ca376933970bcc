"""Finding what several packages contribute: ids are unique in a context, names only within a package."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Generic, TypeVar

from peers_runtime.base import errors

Item = TypeVar("Item")
Bound = TypeVar("Bound")


class Names(Generic[Item]):
    """Looks items up by id, by `package:name`, or by name when one package has it.

    `items()` gives (package, id, name, item). It is called when something is first looked up, which reads
    the definitions of a set's versions and imports no package code. `kind` and `unknown` say what is
    missing when it is.
    """

    def __init__(
        self,
        kind: str,
        unknown: Callable[..., errors.UsageError],
        items: Callable[[], Iterable[tuple[str, str, str, Item]]],
    ) -> None:
        self._kind = kind
        self._unknown = unknown
        self._items = items

    def __iter__(self) -> Iterator[str]:
        """The full names, `package:name`."""
        return iter(self._tables.by_full_name)

    def __len__(self) -> int:
        return len(self._tables.by_full_name)

    def __contains__(self, name: object) -> bool:
        tables = self._tables
        return name in tables.found or name in tables.by_name

    def values(self) -> Iterable[Item]:
        return self._tables.by_full_name.values()

    def find(self, name: str) -> Item:
        """Raises `AmbiguousName`, or the error for an unknown name."""
        tables = self._tables
        try:
            return tables.found[name]
        except (KeyError, TypeError):
            pass
        if not isinstance(name, str):
            raise self._none(repr(name), ())
        full_names = tables.by_name.get(name)
        if full_names is not None:
            raise errors.AmbiguousName(
                f"the {self._kind} name {name!r} belongs to {' and '.join(full_names)}",
                hint=f"name its package too: {full_names[0]!r}",
                name=name,
                owners=full_names,
            )
        raise self._none(name, get_close_matches(name, [*tables.by_name, *tables.by_full_name], 1))

    def _none(self, name: str, near: Sequence[str]) -> errors.UsageError:
        return self._unknown(
            f"no active version has {'an' if self._kind[0] in 'aeiou' else 'a'} {self._kind} {name!r}",
            hint=f"did you mean {near[0]!r}?" if near else self._others(),
            name=name,
        )

    def _others(self) -> str:
        known = ", ".join(self._tables.by_name)
        return (
            f"there are: {known}"
            if known
            else "install or activate a package that has one: there is none now"
        )

    @cached_property
    def _tables(self) -> _Tables[Item]:
        return _Tables(self._items())


class _Tables(Generic[Item]):
    """The items by full name, and by all that means one of them: first a name that one package alone has."""

    def __init__(self, items: Iterable[tuple[str, str, str, Item]]) -> None:
        self.found: dict[str, Item] = {}
        self.by_full_name: dict[str, Item] = {}
        self.by_name: dict[str, list[str]] = {}
        for package, item_id, name, item in items:
            self.found[item_id] = item
            self.by_full_name[f"{package}:{name}"] = item
            self.by_name.setdefault(name, []).append(f"{package}:{name}")
        self.found |= self.by_full_name
        for name, full_names in self.by_name.items():
            if len(full_names) == 1:
                self.found[name] = self.by_full_name[full_names[0]]
            else:
                self.found.pop(name, None)


class Named(Mapping[str, Bound], Generic[Item, Bound]):
    """One context's view of `Names`: by name, by id, or by `package:name`, which is what iteration gives."""

    __slots__ = ("_names",)

    def __init__(self, names: Names[Item]) -> None:
        self._names = names

    def __getitem__(self, name: str) -> Bound:
        """Raises `AmbiguousName` when two packages have the name, or the error for an unknown one."""
        return self._bind(self._names.find(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {', '.join(self) or 'none'}>"

    @abstractmethod
    def _bind(self, item: Item) -> Bound:
        """The item, ready to be used in the context."""
