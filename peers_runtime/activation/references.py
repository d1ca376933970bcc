"""Whether the tools that a version's workflows and assistants name are there, once it is active."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.contributions import runners
from peers_runtime.rules import workflow_references

if TYPE_CHECKING:
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contracts.registry import Provider, Providers
    from peers_runtime.model.workflows import ToolReference


def check(version: ActiveVersion, providers: Providers) -> None:
    """Raises `UnknownReference`, `CircularWorkflow`, or `InvalidRunner`."""
    definition = version.definition
    flaw = workflow_references.flaw(definition)  # a wheel may say anything
    if flaw is not None:
        error = flaw[1]
        error.message = f"{version.label}: {error.message}"
        raise error
    for kind, name, tool in workflow_references.tools_of(definition):
        provider = _provider(version, tool, providers)
        if provider is not None:
            _require(version, f"the {kind} {name!r}", tool, provider)
    for assistant in definition.assistants:
        provider = _provider(version, assistant.runner, providers)
        if provider is None:
            continue
        _, shape = provider.member("tools", assistant.runner.name or "")
        why = runners.refusal(shape["arguments"])
        if why is not None:
            raise errors.InvalidRunner(
                f"{version.label}: the tool {assistant.runner.name!r} of the contract {provider.contract}"
                f" cannot answer for the assistant {assistant.name!r}: {why}",
                hint="a runner takes an AssistantRequest; name another tool as runner=…",
                package=version.label,
                tool=assistant.runner.name,
            )


def _provider(version: ActiveVersion, tool: ToolReference, providers: Providers) -> Provider | None:
    """Of a tool of a contract; None for the package's own, and for an optional contract without provider."""
    for consumed in version.definition.consumes:
        if (consumed.contract_id, consumed.version) == (tool.contract_id, tool.version):
            return providers.provider(consumed)
    return None


def _require(version: ActiveVersion, what: str, tool: ToolReference, provider: Provider) -> None:
    there = provider.names("tools")
    if tool.name in there:
        return
    near = get_close_matches(tool.name or "", there, 1)
    raise errors.UnknownReference(
        f"{version.label}: {what} names the tool {tool.name!r} of the contract {provider.contract}, which has"
        f" no such tool",
        hint=f"did you mean {near[0]!r}?"
        if near
        else f"{provider.label} provides that contract with: {', '.join(there) or 'no tools'}",
        package=version.label,
        contract=tool.contract_id,
        version=tool.version,
        tool=tool.name,
        provider=provider.label,
    )
