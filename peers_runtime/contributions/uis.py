"""Loading and calling a UI; what goes wrong in it becomes an error card in its place."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.contributions import interrupts, lines
from peers_runtime.contributions.ports import Contributor, package_of, version_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from peers_runtime.contributions.lines import Line
    from peers_runtime.model.manifest import UIData

    Model = type[BaseModel]

WEB_MODULE = "web-module"
_NOT_CALLED = ("asgi", WEB_MODULE)  # the content is the answer: an application, an asset


@dataclass(frozen=True, slots=True)
class ErrorCard:
    """What stands in place of a UI that failed. Text only: it holds nothing of the version.

    `place` is the innermost line of the package's own that the error came through, if it came through one.
    """

    code: str
    message: str
    hint: str
    package: str
    version: str
    peers_ui_id: str
    retry: bool = True
    place: str = ""
    line: Line | None = None  # the same with its file and text


@dataclass(frozen=True, slots=True)
class Rendered:
    """What an adapter shows: `content` as the author's code returned it (None with an `error`).

    Making it safe to show, escaping text included, is the adapter's business. Inside of another UI's HTML
    `__html__` does it: the content's own, or its text, escaped; the card of an error in its place.
    """

    peers_ui_id: str
    package: str
    version: str
    target: str
    content: Any
    error: ErrorCard | None = None

    def __html__(self) -> str:
        from peers_runtime.contributions import markup

        if self.error is not None:
            return markup.card(self.error)
        try:
            return markup.of(self.content)
        except BaseException as error:
            if interrupts.is_interrupt(error):
                raise
            return markup.card(self._unsaid(error))

    def _unsaid(self, error: BaseException) -> ErrorCard:
        """The card for what the content raised when it was to say its HTML."""
        return ErrorCard(
            errors.UIFailed.code,
            f"what it answered with raised {type(error).__name__} while it was shown: {error}",
            f"the error is the package's own: mend it and install {self.package} again",
            self.package,
            self.version,
            self.peers_ui_id,
        )


@dataclass(frozen=True, slots=True)
class LoadedUI:
    """A UI whose content has been imported; `props_model` when its author's schema is a pydantic model."""

    peers_ui_id: str
    name: str
    package: str
    version: str
    type: str
    target: str
    content: Any
    props_model: Model | None
    props_schema: Mapping[str, Any] | None
    assets: tuple[str, ...]

    def props(self, given: Mapping[str, Any]) -> Any:
        """The model's instance, or a plain dict when there is no model. Raises `InvalidProps`."""
        from peers_runtime.contributions import acceptance, models

        if self.props_model is not None:
            return models.validated(self.props_model, given, self._invalid)
        if self.props_schema is not None:
            refusal = acceptance.refusal(self.props_schema, dict(given))
            if refusal is not None:
                raise self._invalid(refusal, [])
        return dict(given)

    def _invalid(self, refusal: str, faults: list[Any]) -> errors.InvalidProps:
        return errors.InvalidProps(
            f"the props do not fit the UI {self.name!r} of {self.package}@{self.version}: {refusal}",
            hint="give the props that its props_schema asks for",
            peers_ui_id=self.peers_ui_id,
            faults=faults,
        )


def chosen(version: Contributor, peers_ui_id: str, targets: Sequence[str]) -> str | None:
    """The first of the `targets` that the UI has; None when it has none of them, or it is all the same."""
    if not targets:
        return None
    there = {ui.target for ui in version.definition.uis if ui.peers_ui_id == peers_ui_id}
    return next((target for target in targets if target in there), None)


def load(version: Contributor, peers_ui_id: str, target: str | None = None) -> LoadedUI:
    """Import the module of one UI, and no other; `target` chooses when it has several.

    Raises `NoSuchUI`, or `UIFailed` with the module's own error as `__cause__`.
    """
    return _load(version, *_described(version, peers_ui_id, target))


def render(
    version: Contributor,
    peers_ui_id: str,
    props: Mapping[str, Any] | None = None,
    ctx: object = None,
    target: str | None = None,
) -> Rendered:
    """Validate the props, then call the UI with them and `ctx`.

    An async UI runs in an event loop of its own. Raises `NoSuchUI`, and `LoopRunning` when an async UI is
    met in a thread whose event loop runs; all else that goes wrong is in `Rendered.error`.
    """
    from peers_runtime.contributions import loops

    try:
        position, data = _described(version, peers_ui_id, target)
    except errors.StorageError as error:
        return _unreadable(version, peers_ui_id, error)
    try:
        found = _load(version, position, data)
        content = _call(found, props, ctx)
    except BaseException as error:  # noqa: BLE001  # whatever it is, siblings and other packages go on
        return _instead(version, data, error)
    if isinstance(content, Awaitable):
        loops.refuse_running(content, f"the UI {data.name!r} is async", "await ctx.arender(…)")
        try:
            content = loops.run(content)
        except BaseException as error:  # noqa: BLE001  # see above
            return _instead(version, data, error)
    return _rendered(version, data, content)


async def arender(
    version: Contributor,
    peers_ui_id: str,
    props: Mapping[str, Any] | None = None,
    ctx: object = None,
    target: str | None = None,
) -> Rendered:
    """`render` in a running event loop: an async UI is awaited, any other is called as it is."""
    try:
        position, data = _described(version, peers_ui_id, target)
    except errors.StorageError as error:
        return _unreadable(version, peers_ui_id, error)
    try:
        content = _call(_load(version, position, data), props, ctx)
    except BaseException as error:  # noqa: BLE001  # whatever it is, siblings and other packages go on
        return _instead(version, data, error)
    if isinstance(content, Awaitable):
        try:
            content = await content
        except GeneratorExit:
            raise  # whoever awaited this has given up
        except BaseException as error:  # noqa: BLE001  # see above
            return _instead(version, data, error)
    return _rendered(version, data, content)


def _described(version: Contributor, peers_ui_id: str, target: str | None) -> tuple[int, UIData]:
    """The UI as data, with its position in the list."""
    for position, ui in enumerate(version.definition.uis):
        if ui.peers_ui_id == peers_ui_id and target in (None, ui.target):
            return position, ui
    wanted = f" for the target {target!r}" if target is not None else ""
    raise errors.NoSuchUI(
        f"{version.label} contributes no UI {peers_ui_id}{wanted}",
        hint=f"its UIs are: {', '.join(ui.peers_ui_id for ui in version.definition.uis) or 'none'}",
        peers_ui_id=peers_ui_id,
    )


def _load(version: Contributor, position: int, data: UIData) -> LoadedUI:
    props_model: Any = None
    content: Any = data.asset
    try:
        if data.asset is not None:
            pass  # nothing is imported
        elif data.reference is not None:
            content = version.load(data.reference)
            props_model = version.load(data.props_reference) if data.props_reference is not None else None
        else:
            ui = version.load(f"{version.definition.uis_module}:uis")[position]
            content = version.load(ui.content) if isinstance(ui.content, str) else ui.content
            props_model = ui.props_schema if isinstance(ui.props_schema, type) else None
    except errors.PeersError:
        raise
    except BaseException as error:
        if interrupts.is_interrupt(error):
            raise
        raise _failed(version, data, "could not be imported", error) from error
    return LoadedUI(
        peers_ui_id=data.peers_ui_id,
        name=data.name,
        package=package_of(version),
        version=version_of(version),
        type=data.type,
        target=data.target,
        content=content,
        props_model=props_model,
        props_schema=data.props_schema,
        assets=data.assets,
    )


def _call(found: LoadedUI, props: Mapping[str, Any] | None, ctx: object) -> Any:
    given = found.props({} if props is None else props)
    if found.target in _NOT_CALLED or not callable(found.content):
        return found.content
    return found.content(given, ctx)


def _rendered(version: Contributor, data: UIData, content: Any, error: ErrorCard | None = None) -> Rendered:
    return Rendered(data.peers_ui_id, package_of(version), version_of(version), data.target, content, error)


def _instead(version: Contributor, data: UIData, error: BaseException) -> Rendered:
    """The card for an error. An interrupt has none, and goes on."""
    if interrupts.is_interrupt(error):
        raise error
    line = lines.innermost(version, error.__cause__ or error)
    place = f"{line.module}, line {line.number}" if line is not None else ""
    if not isinstance(error, errors.PeersError):
        error = _failed(version, data, "raised", error)
    message, hint = version.logical(error.message), version.logical(error.hint)
    owner = package_of(version), version_of(version)
    card = ErrorCard(error.code, message, hint, *owner, data.peers_ui_id, place=place, line=line)
    return _rendered(version, data, None, card)


def _unreadable(version: Contributor, peers_ui_id: str, error: errors.StorageError) -> Rendered:
    """The snapshot itself cannot be read, so not even the UI's target is known."""
    owner = package_of(version), version_of(version)
    card = ErrorCard(error.code, error.message, error.hint, *owner, peers_ui_id)
    return Rendered(peers_ui_id, *owner, "html", None, card)


def _failed(version: Contributor, data: UIData, what: str, error: BaseException) -> errors.UIFailed:
    return errors.UIFailed(
        version.logical(f"the UI {data.name!r} of {version.label} {what}: {type(error).__name__}: {error}"),
        hint=f"the error is the package's own: mend it and install {package_of(version)} again",
        package=package_of(version),
        version=version_of(version),
        peers_ui_id=data.peers_ui_id,
    )
