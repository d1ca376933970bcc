"""Finding what several packages contribute: ids are unique in a context, names only within a package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Generic, TypeVar

from peers_runtime.base import errors

Item = TypeVar("Item")


class Names(Generic[Item]):
    """Looks items up by id, by `package:name`, or by name when one package has it."""

    def __init__(
        self,
        kind: str,
        unknown: Callable[..., errors.UsageError],
        items: Iterable[tuple[str, str, str, Item]],
    ) -> None:
        """`items` are (package, id, name, item); `kind` and `unknown` say what is missing when it is."""
        self._kind = kind
        self._unknown = unknown
        self._by_id: dict[str, Item] = {}
        self._by_full_name: dict[str, Item] = {}
        self._by_name: dict[str, list[str]] = {}
        for package, item_id, name, item in items:
            self._by_id[item_id] = item
            self._by_full_name[f"{package}:{name}"] = item
            self._by_name.setdefault(name, []).append(f"{package}:{name}")

    def __iter__(self) -> Iterator[str]:
        """The full names, `package:name`."""
        return iter(self._by_full_name)

    def __len__(self) -> int:
        return len(self._by_full_name)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name or name in self._by_full_name or name in self._by_id

    def values(self) -> Iterable[Item]:
        return self._by_full_name.values()

    def find(self, name: str) -> Item:
        """Raises `AmbiguousName`, or the error for an unknown name."""
        full_names = self._by_name.get(name)
        if full_names is not None:
            if len(full_names) == 1:
                return self._by_full_name[full_names[0]]
            raise errors.AmbiguousName(
                f"the {self._kind} name {name!r} belongs to {' and '.join(full_names)}",
                hint=f"name its package too: {full_names[0]!r}",
                name=name,
                owners=full_names,
            )
        found = self._by_full_name.get(name)
        if found is None:
            found = self._by_id.get(name)
        if found is None:
            near = get_close_matches(name, [*self._by_name, *self._by_full_name], 1)
            raise self._unknown(
                f"no active version has a {self._kind} {name!r}",
                hint=f"did you mean {near[0]!r}?"
                if near
                else f"there are: {', '.join(self._by_name) or 'none'}",
                name=name,
            )
        return found
