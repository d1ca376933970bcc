"""The observables of one set of active versions, and their values in a context.

`names` belong to the set; `Observables` is one context's view of them. Values are kept as JSON data, in the
context's channels, and come in the type of the version that is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from peers_runtime.authoring.observables import Observable
from peers_runtime.base import errors
from peers_runtime.contributions import interrupts, loading
from peers_runtime.contributions.channels import UNSET, Channels
from peers_runtime.contributions.hearing import Hearing
from peers_runtime.contributions.names import Named, Names
from peers_runtime.contributions.ports import Contributor, Within, package_of
from peers_runtime.model.manifest import ObservableData

if TYPE_CHECKING:
    from peers_runtime.contributions.tool_context import ToolContext

ContextOf = Callable[[Contributor], "ToolContext"]
"""What a version's own code gets as `ctx`."""


class LoadedObservable:
    """One observable of one version; its module is imported when its value is first needed."""

    __slots__ = ("_observable", "contributor", "data")

    def __init__(self, contributor: Contributor, data: ObservableData) -> None:
        self.contributor = contributor
        self.data = data
        self._observable: Observable | None = None

    @property
    def observable(self) -> Observable:
        """The author's own object. Raises what importing its module raises."""
        if self._observable is None:
            self._observable = loading.load(
                self.contributor,
                self.data.reference,
                lambda package: package.observables,
                lambda one: one.observable_id == self.data.observable_id,
                Observable,
            )
        return self._observable

    def stored(self, value: Any) -> Any:
        """A value as JSON data. Raises `InvalidValue`."""
        adapter = self.observable.adapter
        try:
            return adapter.dump_python(adapter.validate_python(value), mode="json", by_alias=True)
        except ValidationError as error:
            fault = "; ".join(one["msg"] for one in error.errors(include_url=False, include_input=False))
        except ValueError as error:  # bytes that are no text, for one
            fault = str(error)
        raise errors.InvalidValue(
            self.contributor.logical(
                f"{self.data.name!r} of {self.contributor.label} cannot be {value!r}: {fault}"
            ),
            hint=f"its type is {self.data.value_schema}",
            observable=self.data.name,
            package=package_of(self.contributor),
        )

    def loaded(self, data: Any) -> Any:
        """What `stored` was given. Raises `InvalidValue` for what another version has left."""
        try:
            return self.observable.adapter.validate_python(data)
        except ValidationError:
            return self.observable.adapter.validate_python(self.stored(data))


def names(versions: Iterable[Contributor]) -> Names[LoadedObservable]:
    """Every observable of the versions, by id and name."""
    return Names(
        "observable",
        errors.UnknownObservable,
        lambda: (
            (package_of(version), data.observable_id, data.name, LoadedObservable(version, data))
            for version in versions
            for data in version.definition.observables
        ),
    )


class Observables(Named[LoadedObservable, "BoundObservable"]):
    """The observables of one context: by name, by id, or by `package:name`, which is what iteration gives.

    A package may set what is its own.
    """

    __slots__ = ("_channels", "_context_of", "_hearing", "_within")

    def __init__(
        self,
        found: Names[LoadedObservable],
        channels: Channels,
        within: Within,
        context_of: ContextOf,
        hearing: Hearing[LoadedObservable],
    ) -> None:
        super().__init__(found)
        self._channels = channels
        self._within = within
        self._context_of = context_of
        self._hearing = hearing

    def _bind(self, item: LoadedObservable) -> BoundObservable:
        return BoundObservable(item, self._channels, self._within, self._context_of, self._hearing)


class BoundObservable:
    """An observable in one context: called, it answers with its value."""

    __slots__ = ("_channels", "_context_of", "_hearing", "_loaded", "_within")

    def __init__(
        self,
        loaded: LoadedObservable,
        channels: Channels,
        within: Within,
        context_of: ContextOf,
        hearing: Hearing[LoadedObservable],
    ) -> None:
        self._loaded = loaded
        self._channels = channels
        self._within = within
        self._context_of = context_of
        self._hearing = hearing

    @property
    def data(self) -> ObservableData:
        return self._loaded.data

    def __call__(self) -> Any:
        """The value now, in the type that the version gives it. Raises `SourceFailed` for a first one."""
        value = self.value()
        with self._within:
            return self._loaded.loaded(value)

    def value(self) -> Any:
        """The value now, as JSON data; the first time in a process it is the observable's initial one."""
        channel = self._channels.channel(self.data.observable_id)
        if channel.value is not UNSET:
            return channel.value
        return channel.begin(self._initial())

    def set(self, value: Any) -> None:
        """Make it the value, and tell the subscribers of a change.

        What others than its own package give is seen by the observable's `accept` first. Raises
        `InvalidValue`, or `NotWritable` when others may not set it or `accept` refuses; then nothing changes.
        """
        with self._within:
            stored = self._loaded.stored(value)
        if not self._hearing.owns(self._loaded.contributor):
            stored = self._accepted(stored)
        self._channels.channel(self.data.observable_id).set(stored)

    def subscribe(self, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Call `callback(value)` after every change; answers with the undo, which may be called twice.

        The value comes in the type of the version that is active by then. What the callback raises is listed
        as a diagnostic. A version's own subscription ends when the version leaves the context, the host's
        goes on with the next version.
        """
        judge = self._hearing.judge(self._loaded, self.data.observable_id)

        def told(data: Any) -> None:  # holds no version, unless it is the subscriber's own
            judged = judge()
            if judged is not None:
                callback(judged.loaded(data))

        return self._hearing.subscribe(f"the observable {self.data.name!r}", told, self.subscribe_to_data)

    def subscribe_to_data(self, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Hear of values as JSON data, until it is undone."""
        return self._channels.channel(self.data.observable_id).subscribers.add(callback)

    def _initial(self) -> Any:
        loaded = self._loaded
        with self._within:
            try:
                initial = loaded.observable.initial
                return loaded.stored(
                    initial(self._context_of(loaded.contributor)) if callable(initial) else initial
                )
            except BaseException as error:
                if interrupts.is_interrupt(error):
                    raise
                raise errors.SourceFailed(
                    loaded.contributor.logical(
                        f"the observable {self.data.name!r} of {loaded.contributor.label} has no first value:"
                        f" {type(error).__name__}: {error}"
                    ),
                    hint="the error is the package's own, and the cause of this one",
                    observable=self.data.name,
                    package=package_of(loaded.contributor),
                ) from error

    def _accepted(self, stored: Any) -> Any:
        loaded = self._loaded
        if not self.data.writable:
            raise self._refused("only its own package sets it", "declare it with writable=True")
        accept = loaded.observable.accept
        if accept is None:
            return stored
        with self._within:
            try:
                answer = accept(loaded.loaded(stored), self._context_of(loaded.contributor))
            except BaseException as error:
                if interrupts.is_interrupt(error):
                    raise
                raise self._refused(f"it refuses: {str(error) or type(error).__name__}") from error
        return loaded.stored(answer)

    def _refused(self, why: str, hint: str = "") -> errors.NotWritable:
        return errors.NotWritable(
            self._loaded.contributor.logical(
                f"the observable {self.data.name!r} of {self._loaded.contributor.label} was not set: {why}"
            ),
            hint=hint,
            observable=self.data.name,
            package=package_of(self._loaded.contributor),
        )

    def __repr__(self) -> str:
        return f"<observable {self.data.name} of {self._loaded.contributor.label}>"
