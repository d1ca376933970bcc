"""The assistants of one set of active versions, and asking them in a context.

An assistant is data; what answers for it is a tool of some package, which this finds and asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from peers_runtime.base import errors
from peers_runtime.contributions.names import Named, Names
from peers_runtime.contributions.ports import Contributor, Within, package_of, version_of
from peers_runtime.contributions.stopping import Cancel
from peers_runtime.model.assistants import AssistantRequest, AssistantTool
from peers_runtime.model.workflows import AssistantData, ToolReference


class CallableTool(Protocol):
    """A tool of the package itself, or one of a contract."""

    def invoke(
        self, arguments: Mapping[str, Any], *, cancel: Cancel | None = None, run_key: str = ""
    ) -> Any: ...


class Seen(Protocol):
    """What a version's own code sees of a context."""

    @property
    def tools(self) -> Mapping[str, Any]: ...

    def contract(self, contract_id: str, version: int) -> Any: ...


class OwnedAssistant(AssistantData):
    """An assistant as data, with the package version that it belongs to."""

    package: str
    version: str


class LoadedAssistant:
    """One assistant of one version; it is data, so that nothing is imported."""

    __slots__ = ("contributor", "data")

    def __init__(self, contributor: Contributor, data: AssistantData) -> None:
        self.contributor = contributor
        self.data = data

    @property
    def owned(self) -> OwnedAssistant:
        contributor = self.contributor
        return OwnedAssistant(
            **dict(self.data), package=package_of(contributor), version=version_of(contributor)
        )


def names(versions: Iterable[Contributor]) -> Names[LoadedAssistant]:
    """Every assistant of the versions, by id and name."""
    return Names(
        "assistant",
        errors.UnknownAssistant,
        lambda: (
            (package_of(version), data.assistant_id, data.name, LoadedAssistant(version, data))
            for version in versions
            for data in version.definition.assistants
        ),
    )


class Assistants(Named[LoadedAssistant, "BoundAssistant"]):
    """The assistants of one context: by name, by id, or by `package:name`, which is what iteration gives.

    `within` makes the context current while a runner runs; `seen(version)` is what that version's code sees.
    """

    __slots__ = ("_seen", "_within")

    def __init__(
        self, found: Names[LoadedAssistant], within: Within, seen: Callable[[Contributor], Seen]
    ) -> None:
        super().__init__(found)
        self._within = within
        self._seen = seen

    def list(self) -> Sequence[OwnedAssistant]:
        """Every assistant as data, by package and then in its author's order."""
        return [found.owned for found in self._names.values()]

    def _bind(self, item: LoadedAssistant) -> BoundAssistant:
        return BoundAssistant(item, self._within, self._seen)


class BoundAssistant:
    """An assistant in one context: `ctx.assistants["helper"].ask("Who is late?", project="Move")`."""

    __slots__ = ("_loaded", "_seen", "_within")

    def __init__(self, loaded: LoadedAssistant, within: Within, seen: Callable[[Contributor], Seen]) -> None:
        self._loaded = loaded
        self._within = within
        self._seen = seen

    @property
    def data(self) -> OwnedAssistant:
        return self._loaded.owned

    def ask(self, text: str, /, **context: Any) -> Any:
        """What its runner answers with. Raises what calling a tool raises, and `ContractMissing`."""
        loaded = self._loaded
        seen = self._seen(loaded.contributor)
        with self._within:
            runner, arguments = asked(loaded.data, text, context, seen)
            return tool_of(seen, runner).invoke(arguments)

    def __repr__(self) -> str:
        return f"<assistant {self._loaded.data.name} of {self._loaded.contributor.label}>"


def asked(
    assistant: AssistantData, text: str, context: Mapping[str, Any], seen: Seen
) -> tuple[ToolReference, dict[str, Any]]:
    """The tool that answers, and what it is given."""
    request = AssistantRequest(
        instructions=assistant.instructions,
        text=text,
        tools=[_at_hand(seen, one) for one in assistant.tools],
        context=dict(context),
    )
    return assistant.runner, request.model_dump(mode="json", exclude_none=True)


def tool_of(seen: Seen, reference: ToolReference) -> CallableTool:
    """The tool that a workflow or an assistant names. Raises `UnknownTool`, `ContractMissing`, …"""
    if reference.tool_id is not None:
        own: CallableTool = seen.tools[reference.tool_id]
        return own
    found: CallableTool = _proxy(seen, reference).tools[reference.name]
    return found


def _at_hand(seen: Seen, reference: ToolReference) -> AssistantTool:
    if reference.tool_id is not None:
        data = seen.tools[reference.tool_id].data
        return AssistantTool(
            id=data.tool_id,
            name=data.name,
            usage=data.usage_description,
            input_schema=data.input_schema,
            output_schema=data.output_schema,
        )
    tool_id, shape = _proxy(seen, reference).tools[reference.name].member
    return AssistantTool(
        id=tool_id,
        name=reference.name or "",
        usage=seen.tools[tool_id].data.usage_description,
        input_schema=dict(shape["arguments"]),
        output_schema=shape.get("result"),
    )


def _proxy(seen: Seen, reference: ToolReference) -> Any:
    assert reference.contract_id is not None  # a reference has an id of one kind or the other
    assert reference.version is not None
    proxy = seen.contract(reference.contract_id, reference.version)
    if proxy is None:
        raise errors.ContractMissing(
            f"nobody provides the contract {reference.contract_id}@{reference.version} here, of which the"
            f" tool {reference.name!r} is wanted",
            hint="see who could: peers contracts list",
            contract=reference.contract_id,
            version=reference.version,
        )
    return proxy
