"""The variables of one set of active versions, and their values in a context.

`names` belong to the set; `Variables` is one context's view of them, for whoever acts there. Here values are
of the author's type; what keeps them knows JSON text only. The value of a secret is in no repr and no error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import TypeAdapter, ValidationError

from peers_runtime.authoring.variables import Variable
from peers_runtime.base import errors
from peers_runtime.contributions import acceptance, loading
from peers_runtime.contributions.hearing import Hearing
from peers_runtime.contributions.names import Named, Names
from peers_runtime.contributions.ports import Contributor, KeptVariable, package_of, version_of
from peers_runtime.model.manifest import VariableData
from peers_runtime.model.variables import Scope, VariableState

OpenVariable = Callable[[str, VariableData], KeptVariable]
"""(package id, variable) → its value in the context, for who acts there."""


class LoadedVariable:
    """One variable of one version; its type is imported when a value is first read or set."""

    __slots__ = ("_adapter", "contributor", "data")

    def __init__(self, contributor: Contributor, data: VariableData) -> None:
        self.contributor = contributor
        self.data = data
        self._adapter: TypeAdapter[Any] | None = None

    @property
    def full_name(self) -> str:
        return f"{package_of(self.contributor)}:{self.data.name}"

    @property
    def adapter(self) -> TypeAdapter[Any]:
        """The author's type. Raises what importing its module raises."""
        if self._adapter is None:
            self._adapter = self._load().adapter
        return self._adapter

    def text(self, value: object) -> str:
        """A value as JSON text that gives it back. Raises `InvalidVariable`."""
        adapter = self.adapter
        faults: Sequence[Mapping[str, Any]] = ()
        try:
            valid = adapter.validate_python(value, extra="forbid", by_alias=True, by_name=True)
            # without warnings, which show what they warn of
            text = adapter.dump_json(valid, by_alias=False, exclude_computed_fields=True, warnings=False)
            if _comes_back(adapter, text, valid):
                return text.decode()
            fault = "it would not come back as it is"
        except ValidationError as error:
            fault, faults = self._said(error)
        except ValueError as error:  # of writing it
            fault = "it cannot be written as JSON" + ("" if self.data.secret else f": {error}")
        # Outside of the handlers: pydantic's errors hold the value, ours must not.
        raise self._misfit(f"the value does not fit {self._what}: {fault}", faults)

    def value(self, text: str | None) -> Any:
        """The value of what is kept, the default when that is nothing. Raises `InvalidVariable`."""
        if text is None:
            if self.data.default is None:
                return None
            text = json.dumps(self.data.default)
        try:
            return self.adapter.validate_json(text, by_alias=True, by_name=True)
        except ValidationError as error:
            fault, faults = self._said(error)
        raise self._misfit(f"the value that is kept no longer fits {self._what}: {fault}", faults)

    @property
    def _what(self) -> str:
        return f"the variable {self.data.name!r} of {self.contributor.label}"

    def _said(self, error: ValidationError) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """The faults in a line and as data; of a secret their kinds only: paths and texts quote it."""
        found = error.errors(include_url=False, include_context=False, include_input=False)
        if self.data.secret:
            kinds = sorted({one["type"] for one in found})
            return ", ".join(kinds), [{"kind": kind} for kind in kinds]
        faults = [
            {"field": ".".join(map(str, one["loc"])), "fault": one["msg"], "kind": one["type"]}
            for one in found
        ]
        return "; ".join(f"{one['field']}: {one['fault']}".removeprefix(": ") for one in faults), faults

    def _misfit(self, message: str, faults: Sequence[Mapping[str, Any]]) -> errors.InvalidVariable:
        return errors.InvalidVariable(
            self.contributor.logical(message),
            hint=f"see its type with: peers show {package_of(self.contributor)} --json; "
            f"or: peers vars reset {self.full_name}",
            variable=self.full_name,
            faults=faults,
        )

    def _load(self) -> Variable:
        return loading.load(
            self.contributor,
            self.data.reference,
            lambda package: package.variables,
            lambda one: one.variable_id == self.data.variable_id,
            Variable,
        )


def _comes_back(adapter: TypeAdapter[Any], text: bytes, valid: object) -> bool:
    """A number that is not finite does not, nor does a model that was changed into what it does not allow."""
    try:
        return bool(adapter.validate_json(text, by_alias=True, by_name=True) == valid)
    except ValidationError:
        return False


def names(versions: Iterable[Contributor]) -> Names[LoadedVariable]:
    """Every variable of the versions, by id and name."""
    return Names(
        "variable",
        errors.UnknownVariable,
        lambda: (
            (package_of(version), data.variable_id, data.name, LoadedVariable(version, data))
            for version in versions
            for data in version.definition.variables
        ),
    )


class Variables(Named[LoadedVariable, "BoundVariable"]):
    """The variables of one context: by name, by id, or by `package:name`, which is what iteration gives.

    `fresh` gives the same of the versions that are active by then, for who waits for changes.
    """

    __slots__ = ("_fresh", "_hearing", "_open", "_own")

    def __init__(
        self,
        found: Names[LoadedVariable],
        open_variable: OpenVariable,
        fresh: Callable[[], Variables],
        hearing: Hearing[LoadedVariable],
        own: Contributor | None = None,
    ) -> None:
        super().__init__(found)
        self._open = open_variable
        self._fresh = fresh
        self._hearing = hearing
        self._own = own

    def of(self, version: Contributor) -> Variables:
        """The same for a version's code: there a bare name means the package's own variable first.

        A version that others depend on has its own, too, although it contributes none to the context.
        """
        return Variables(self._names, self._open, self._fresh, self._hearing, version)

    def __getitem__(self, name: str) -> BoundVariable:
        """Raises `AmbiguousName` when two packages have the name, or `UnknownVariable`."""
        own = None if self._own is None else self._of(self._own, name)
        return super().__getitem__(name) if own is None else self._bind(own)

    def list(self) -> Sequence[VariableState]:
        """Every variable as it is now, by package and then in its author's order; no secret is opened."""
        return [self._bind(found).state for found in self._names.values()]

    def _of(self, version: Contributor, name: str) -> LoadedVariable | None:
        for data in version.definition.variables:
            if name in (data.name, data.variable_id):
                known = self._names.find(data.variable_id) if data.variable_id in self._names else None
                if known is not None and known.contributor is version:
                    return known
                return LoadedVariable(version, data)
        return None

    def _bind(self, item: LoadedVariable) -> BoundVariable:
        kept = self._open(item.contributor.definition.package_id, item.data)
        return BoundVariable(item, kept, self._fresh, self._hearing)


class BoundVariable:
    """A variable in one context, for whoever acts there: `variable()` reads it.

    Raises `RoleTooLow` for who may not, `InvalidVariable` for what does not fit, and of a secret
    `NoSecretsKey` or `SecretUnreadable`.
    """

    __slots__ = ("_fresh", "_hearing", "_kept", "_loaded")

    def __init__(
        self,
        loaded: LoadedVariable,
        kept: KeptVariable,
        fresh: Callable[[], Variables],
        hearing: Hearing[LoadedVariable],
    ) -> None:
        self._loaded = loaded
        self._hearing = hearing
        self._kept = kept
        self._fresh = fresh

    def __call__(self) -> Any:
        """The value in the author's type: the default while nothing is set, None when there is none."""
        return self._loaded.value(self._kept.read())

    @property
    def data(self) -> VariableData:
        return self._loaded.data

    @property
    def scope(self) -> Scope:
        return self._loaded.data.scope

    @property
    def is_set(self) -> bool:
        return self._kept.look() is not None

    @property
    def state(self) -> VariableState:
        """The variable as it is now; the value of a secret is not in it, and no package code runs."""
        data, kept = self._loaded.data, self._kept.look()
        value = data.default
        if kept is not None:
            value = None if data.secret or kept.is_sealed else json.loads(kept.value)
        return VariableState(
            variable_id=data.variable_id,
            name=data.name,
            package=package_of(self._loaded.contributor),
            version=version_of(self._loaded.contributor),
            scope=data.scope,
            description=data.description,
            secret=data.secret,
            is_set=kept is not None,
            value=value,
            default=data.default,
            by=None if kept is None else kept.by,
            at=None if kept is None else kept.at,
        )

    def reveal(self) -> Any:
        """The value as JSON data, that of a secret too; no package code runs."""
        text = self._kept.read()
        return self._loaded.data.default if text is None else json.loads(text)

    def parsed(self, written: str) -> Any:
        """What a person means who writes a value: the text itself where the type takes one, else JSON."""
        if acceptance.refusal(self._loaded.data.value_schema, written) is None:
            return written
        try:
            return json.loads(written)
        except (ValueError, RecursionError):
            return written  # which `set` refuses with the reason

    def set(self, value: object, *, dry_run: bool = False) -> None:
        """Keep a value; on the disk, and subscribers told, when this returns. A dry run only checks."""
        self._kept.set(self._loaded.text(value), dry_run=dry_run)

    def reset(self, *, dry_run: bool = False) -> None:
        """Keep none, so that it has its default again."""
        self._kept.reset(dry_run=dry_run)

    def subscribe(self, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Call it with the new value after each change, by any process or device; answers with the undo.

        Changes made in this process are told in the thread that makes them, others in one of the runtime's.
        Of several changes in a short time only the last may be told. A version's own subscription ends when
        the version leaves the context; the host's goes on with the next version.
        """
        fresh, name = self._fresh, self._loaded.full_name

        def tell(_: None) -> None:
            # The version of then: a subscription must not keep the one that is active now.
            known = fresh()
            if name in known:
                callback(known[name]())

        kept = self._kept
        return self._hearing.keep(tell, lambda told: kept.subscribe(partial(told, None)))

    def __repr__(self) -> str:
        return f"<variable {self._loaded.data.name} of {self._loaded.contributor.label}>"
