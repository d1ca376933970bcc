"""What this door asks of a context's handle, as `Runtime.context` gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol

from peers_runtime.rules.routes import Match, Route


class Card(Protocol):
    """What stands in place of a UI that failed."""

    @property
    def code(self) -> str: ...

    @property
    def message(self) -> str: ...


class Rendered(Protocol):
    """What a UI answered with, or the card in its place."""

    @property
    def package(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def target(self) -> str: ...

    @property
    def content(self) -> Any: ...

    @property
    def error(self) -> Card | None: ...

    def __html__(self) -> str: ...


class Loaded(Protocol):
    """A UI whose content has been imported."""

    @property
    def name(self) -> str: ...

    @property
    def package(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def target(self) -> str: ...

    @property
    def content(self) -> Any: ...


class App(Protocol):
    """One app in the launcher."""

    @property
    def display_name(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def package(self) -> str: ...


class Active(Protocol):
    """A version that is active; its `package` is the record that a host started from."""

    @property
    def label(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def package(self) -> Any: ...


class Generation(Protocol):
    """What is active in a context, as of one moment."""

    @property
    def versions(self) -> Mapping[str, Active]: ...


class Routes(Protocol):
    def list(self) -> Sequence[Route]: ...

    def match(self, path: str | None, props: Mapping[str, Any] | None = None, /) -> Match: ...


class Handle(Protocol):
    """A data context; inside of `with handle:` what is active is what was so at its beginning."""

    def __enter__(self) -> Generation: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    @property
    def binding(self) -> Generation: ...

    @property
    def apps(self) -> Sequence[App]: ...

    @property
    def routes(self) -> Routes: ...

    @property
    def tools(self) -> Any: ...

    @property
    def tables(self) -> Any: ...

    @property
    def variables(self) -> Any: ...

    @property
    def workflows(self) -> Any: ...

    def contract(self, contract_id: str, version: int) -> Any: ...

    def ui(self, peers_ui_id: str, targets: Sequence[str] = ()) -> Loaded: ...

    def render(
        self,
        path_or_id: str,
        props: Mapping[str, Any] | None = None,
        category: str | None = None,
        targets: Sequence[str] = (),
    ) -> Rendered: ...

    async def arender(
        self,
        path_or_id: str,
        props: Mapping[str, Any] | None = None,
        category: str | None = None,
        targets: Sequence[str] = (),
    ) -> Rendered: ...
