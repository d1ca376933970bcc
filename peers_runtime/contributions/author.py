"""Running a package's code while its definition is evaluated, and saying whose fault an error is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from traceback import walk_tb
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError
from pydantic.errors import PydanticUserError

from peers_runtime.authoring import places
from peers_runtime.base import errors
from peers_runtime.contributions import describing, interrupts
from peers_runtime.contributions.references import Load, Logical, References
from peers_runtime.model.manifest import HookData

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Instead = TypeVar("Instead")
Loaded = Callable[[], tuple[str, ...]]
Refused = Callable[[errors.PeersError], object]


class Placed(Protocol):
    """What knows where its author has written it."""

    @property
    def place(self) -> places.Place: ...


class Author:
    """The package under evaluation.

    With `refused`, who wants to hear of all that is wrong, evaluation goes on as far as it can after each
    error: see `tried`.
    """

    def __init__(
        self, load: Load, loaded: Loaded, name: str, logical: Logical, refused: Refused | None = None
    ) -> None:
        self._load = load
        self._name = name
        self._logical = logical
        self._refused = refused
        self._first: errors.PeersError | None = None
        self.references = References(name, load, loaded, logical)

    def run(self, what: str, act: Callable[..., Answer], *arguments: object) -> Answer:
        try:
            return act(*arguments)
        except errors.PeersError as error:
            error.message = self._logical(error.message)
            self._place(error)
            raise
        except BaseException as error:
            if interrupts.is_interrupt(error):
                raise
            where = self._where(error)
            shown = self._logical(f"{type(error).__name__}: {error}")
            if isinstance(error, ValidationError) and error.title in ("Route", "UI", "AppNav"):
                faults = "; ".join(
                    f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
                )
                raise errors.InvalidDefinition(
                    f"{where or what}: {error.title} is wrong in {faults}",
                    hint=f"see its fields: python -m pydoc peers_runtime.{error.title}",
                    where=where or what,
                ) from error
            if isinstance(error, PydanticUserError):
                raise errors.InvalidDefinition(
                    f"{where or what}: {self._logical(error.message)}",
                    hint="pydantic cannot make a model, or its JSON Schema, of this",
                    where=where or what,
                ) from error
            raise errors.DefinitionFailed(
                f"{what} failed{f' at {where}' if where else ''}: {shown}",
                hint=f"the error is the package's own; try: python -c 'import {what.partition(':')[0]}'",
                where=where or what,
                package=self._name,
            ) from error

    def tried(self, instead: Instead, act: Callable[..., Answer], *arguments: object) -> Answer | Instead:
        """What `act` gives. Where all errors are wanted, `instead` stands in for what an error took away."""
        try:
            return act(*arguments)
        except errors.PeersError as error:
            if self._refused is None:
                raise
            self._refused(error)
            self._first = self._first or error
            return instead

    def refuse(self) -> None:
        """Raises the first of the errors that were gone on after, if there was one."""
        if self._first is not None:
            raise self._first

    @property
    def is_whole(self) -> bool:
        """Whether nothing has been gone on after."""
        return self._first is None

    def load(self, reference: str) -> Any:
        return self.run(reference, self._load, reference)

    def listed(self, module: str, variable: str, kind: type[Item], must_exist: bool) -> Sequence[Item] | None:
        """The list that a module holds, or None when there is no such module and none is needed."""
        try:
            namespace = vars(self.load(module))
        except errors.DefinitionFailed as failed:
            if not _is_missing(module, failed):
                raise
            if not must_exist:
                return None
            raise errors.InvalidDefinition(
                f"there is no module {module!r} to take {variable} from",
                hint=f"make it, or correct pkg.{variable}",
                where=module,
            ) from failed.__cause__
        items = namespace.get(variable)
        wrong = (
            [items]
            if not isinstance(items, list | tuple)
            else [item for item in items if not isinstance(item, kind)]
        )
        if wrong:
            raise errors.InvalidDefinition(
                f"{module}: {variable} must be a list of {kind.__name__}, but there is {wrong[0]!r}",
                hint=f"write: {variable} = [{kind.__name__}(peers_ui_id=…, …)]",
                where=module,
            )
        assert isinstance(items, list | tuple)  # or it would be wrong
        return items

    def hooks(self, module: str) -> list[HookData]:
        found = self.run(module, lambda: list(describing.hooks(self._load(module), module)))
        if not found:
            raise errors.InvalidDefinition(
                f"pkg.hooks names {module}, which has no hook implementation",
                hint="mark functions with pluggy.HookimplMarker('the host's project')",
                where=module,
            )
        return found

    def described(
        self,
        module: str,
        word: str,
        items: Sequence[Item] | None,
        describe: Callable[[Item, str, References], Answer],
    ) -> tuple[Answer, ...]:
        """Each item, of one of the two lists that say nothing of their items' places."""
        found = [
            self.tried(
                None, self.run, module, describe, item, f"{module}, {word} {position}", self.references
            )
            for position, item in enumerate(items or (), start=1)
        ]
        return tuple(one for one in found if one is not None)

    def each(
        self, items: Iterable[Placed], describe: Callable[[Any, References], Answer]
    ) -> tuple[Answer, ...]:
        found = [
            self.tried(None, self.run, str(item.place), describe, item, self.references) for item in items
        ]
        return tuple(one for one in found if one is not None)

    def _place(self, error: errors.PeersError) -> None:
        """Records do not know where they are written; the traceback does."""
        where = self._where(error)
        if where is not None and "where" not in error.facts and isinstance(error, errors.PackageError):
            if not error.message.startswith(where.rpartition(":")[0]):
                error.message = f"{where}: {error.message}"
            error.facts["where"] = where

    def _where(self, error: BaseException) -> str | None:
        """The innermost line of the package's own that the error came through."""
        own = None
        for frame, line in walk_tb(error.__traceback__):
            if self.references.own(str(frame.f_globals.get("__name__", ""))):
                own = f"{frame.f_code.co_filename}:{line}"
        return own


def _is_missing(module: str, failed: errors.DefinitionFailed) -> bool:
    """Whether the module itself is missing. A function, as its frame must not outlive the error."""
    cause = failed.__cause__
    return isinstance(cause, ModuleNotFoundError) and cause.name == module
