"""What the contributions of a set of active versions need from the room above."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from peers_runtime.model.manifest import Definition


class Contributor(Protocol):
    """One active package version; `label` is `notes@1.2.0`. Hooks hold it weakly, so it must allow that."""

    @property
    def label(self) -> str: ...

    @property
    def definition(self) -> Definition: ...

    def load(self, reference: str) -> Any:
        """The object that `"notes.tools:add_note"` names in this version, or the module `"notes.tools"`."""
        ...

    def logical(self, text: str) -> str:
        """`text` with module names as the author wrote them."""
        ...


class Dependent(Contributor, Protocol):
    """A package version that may depend on others: they contribute nothing by themselves."""

    @property
    def dependencies(self) -> Sequence[Dependent]:
        """Those that it depends on itself, each in the version that is locked for it."""
        ...


class View(Protocol):
    """What a version's own code sees of a context, beside its tools and tables."""

    @property
    def observables(self) -> Mapping[str, Any]: ...

    @property
    def events(self) -> Mapping[str, Any]: ...

    def contract(self, contract_id: str, version: int) -> Any: ...


class TableRows(Protocol):
    """The stored rows of one table in one context, as plain data."""

    def insert(self, row: dict[str, Any], /) -> dict[str, Any]: ...

    def get(self, key: Any, /) -> dict[str, Any] | None: ...

    def list(self, *, limit: int | None = None, **equals: Any) -> Sequence[dict[str, Any]]: ...


Report = Callable[[str, str, str, str, str | None], object]
"""(code, message, hint, subject, context id): lists what went wrong and stopped nothing else."""

Enter = Callable[[Contributor], AbstractContextManager[object]]
"""Makes the context current in which a version's code is about to run."""


def package_of(contributor: Contributor) -> str:
    """The import name of its package."""
    return contributor.label.partition("@")[0]


def version_of(contributor: Contributor) -> str:
    return contributor.label.partition("@")[2]
