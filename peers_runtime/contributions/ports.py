"""What the contributions of a set of active versions need from the room above."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal, Protocol

from peers_runtime.contributions.belongings import Belongings
from peers_runtime.model.active import ActivePackage
from peers_runtime.model.manifest import Definition
from peers_runtime.model.variables import StoredVariable
from peers_runtime.model.workflows import RunState, WorkflowData

if TYPE_CHECKING:
    from peers_runtime.contributions.calls import Outside

Within = AbstractContextManager[object]
"""Makes the context current in which a version's code is about to run; it may be used again, and nested."""


class Contributor(Protocol):
    """One active package version; `label` is `notes@1.2.0`. Hooks hold it weakly, so it must allow that."""

    @property
    def label(self) -> str: ...

    @property
    def definition(self) -> Definition: ...

    @property
    def belongings(self) -> Belongings:
        """What its code has subscribed to."""
        ...

    def load(self, reference: str) -> Any:
        """The object that `"notes.tools:add_note"` names in this version, or the module `"notes.tools"`."""
        ...

    def logical(self, text: str) -> str:
        """`text` with module names as the author wrote them."""
        ...


class Dependent(Contributor, Protocol):
    """A package version that may depend on others: they contribute nothing by themselves."""

    @property
    def digest(self) -> str:
        """Of its snapshot."""
        ...

    @property
    def dependencies(self) -> Sequence[Dependent]:
        """Those that it depends on itself, each in the version that is locked for it."""
        ...


class View(Protocol):
    """What somebody's code sees of a context, for `actor`; "" is whoever runs the host."""

    @property
    def context_id(self) -> str: ...

    @property
    def actor(self) -> str: ...

    @property
    def within(self) -> Within:
        """What makes the context current."""
        ...

    @property
    def outside(self) -> Outside | None:
        """How its tools reach other processes, if they can."""
        ...

    def of(self, version: Contributor) -> View:
        """What that version's own code sees."""
        ...

    @property
    def tables(self) -> Mapping[str, Any]: ...

    @property
    def observables(self) -> Mapping[str, Any]: ...

    @property
    def events(self) -> Mapping[str, Any]: ...

    @property
    def variables(self) -> Mapping[str, Any]: ...

    @property
    def workflows(self) -> Mapping[str, Any]: ...

    @property
    def assistants(self) -> Mapping[str, Any]: ...

    def contract(self, contract_id: str, version: int) -> Any: ...


class RowTold(Protocol):
    """A row that changed: as it is stored after the change, or was before it was deleted."""

    @property
    def kind(self) -> Literal["insert", "update", "delete"]: ...

    @property
    def stored(self) -> Mapping[str, Any]: ...


class TableRows(Protocol):
    """The stored rows of one table in one context, as plain data."""

    def get(self, key: Any, /) -> dict[str, Any] | None: ...

    def list(
        self, *, limit: int | None = None, after: Any = None, **equals: Any
    ) -> Sequence[dict[str, Any]]: ...

    def each(self, **equals: Any) -> Iterator[dict[str, Any]]: ...

    def count(self, **equals: Any) -> int: ...

    def insert_many(self, rows: Sequence[Mapping[str, Any]], /, *, answers: bool) -> Sequence[dict[str, Any]]:
        """The rows as they are stored; none when nobody wants them back."""
        ...

    def save(self, row: Mapping[str, Any], /) -> dict[str, Any]: ...

    def update(
        self, key: Any, change: Callable[[dict[str, Any]], Mapping[str, Any]], /
    ) -> dict[str, Any] | None:
        """`change` says within the transaction what is to be other in the row; None when there is none."""
        ...

    def delete(self, key: Any, /) -> bool: ...

    def data_changed(self, listener: Callable[[RowTold], object], /) -> Callable[[], None]:
        """Calls the listener after each commit, whichever version's; returns the undo."""
        ...

    def told(self, stored: Mapping[str, Any], /) -> dict[str, Any]:
        """A row that was told of, as this version has it."""
        ...


class KeptVariable(Protocol):
    """The value of one variable for whoever acts in one context, as JSON text."""

    def look(self) -> StoredVariable | None:
        """What is kept, without opening it; None while nothing is set."""
        ...

    def read(self) -> str | None:
        """The text, opened when it is a secret; None while nothing is set."""
        ...

    def set(self, text: str, /, *, dry_run: bool = False) -> None: ...

    def reset(self, *, dry_run: bool = False) -> None: ...

    def subscribe(self, callback: Callable[[], object], /) -> Callable[[], None]:
        """Call it after each change, whoever made it; answers with the undo."""
        ...


class KeptRuns(Protocol):
    """The runs of workflows in one context, for whoever acts there. A run is named by its id."""

    def run(self, package: ActivePackage, workflow: WorkflowData, given: Any) -> Any:
        """Run a workflow of this version to its end, in this thread; its output as data."""
        ...

    def start(self, package: ActivePackage, workflow: WorkflowData, given: Any) -> str:
        """Begin a run that goes on in another thread; answers with its id."""
        ...

    def result(self, run_id: str, timeout_s: float | None) -> Any:
        """Its output, once it has ended; it goes on in this thread when nobody works at it."""
        ...

    def look(self, run_id: str) -> RunState: ...

    def listed(self, *, unfinished: bool = False, limit: int | None = None) -> Sequence[RunState]: ...

    def resume(self) -> Sequence[str]:
        """Take up what nobody works at, in other threads."""
        ...

    def cancel(self, run_id: str, *, dry_run: bool = False) -> RunState: ...


Report = Callable[[str, str, str, str, str | None], object]
"""(code, message, hint, subject, context id): lists what went wrong and stopped nothing else."""


def package_of(contributor: Contributor) -> str:
    """The import name of its package."""
    return contributor.label.partition("@")[0]


def version_of(contributor: Contributor) -> str:
    return contributor.label.partition("@")[2]
