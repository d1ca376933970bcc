"""What the runtime itself contributes to every context: the tools of the reserved package `peers`.

An assistant, CI and a console call them as they call a package's; each is one operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from peers_runtime.authoring import places
from peers_runtime.authoring.tools import Tool
from peers_runtime.contributions import schemas
from peers_runtime.contributions.belongings import Belongings
from peers_runtime.contributions.loaded_tools import PLATFORM
from peers_runtime.model.decision import Decision
from peers_runtime.model.manifest import Definition, ToolData, ToolHints
from peers_runtime.operations import access, activate, promote
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.contributions.tool_context import ToolContext
    from peers_runtime.operations.services import Services


_PACKAGE_ID = "0mwqtx0zqf1yqecmo0hif05uk"


class PromotePackageVersion(BaseModel):
    package: str = Field(description="Import name or package id.")
    version: str = Field(description="A semver, SEMVER@DEVICE, or a version row's id.")
    to: Literal["beta", "stable"]
    digest: str | None = Field(None, description="The snapshot that you saw; refused when it is another now.")
    dry_run: bool = Field(False, description="Only say what would change.")


class SetActivePackageVersion(BaseModel):
    package: str = Field(description="Import name or package id.")
    version: str = Field(description="A semver, SEMVER@DEVICE, or a version row's id.")
    device: bool = Field(False, description="On this device alone, not in the whole context.")
    dry_run: bool = Field(False, description="Only say what would change.")


class Platform:
    """The runtime as a contributor, beside the active versions."""

    def __init__(self, services: Callable[[], Services], version: str) -> None:
        self._services = services
        self.label = f"{PLATFORM}@{version}"
        self._tools: Mapping[str, Tool[..., Any]] = {
            tool.name: tool
            for tool in (
                _tool(
                    "0mwqtx0zq4qaixokt8hdh5jn7",
                    "promote-package-version",
                    "Promote a package version to beta or stable in this context.",
                    PromotePackageVersion,
                    self._promote,
                    ToolHints(read_only=False, destructive=False, idempotent=True),
                ),
                _tool(
                    "0mwqtx0zq3rzk2flox90bzt1n",
                    "set-active-package-version",
                    "Make a package version the active one in this context, or on this device alone.",
                    SetActivePackageVersion,
                    self._set_active,
                    ToolHints(read_only=False, destructive=True, idempotent=True),
                ),
            )
        }
        self.belongings = Belongings()
        self.definition = Definition(
            package_id=_PACKAGE_ID, reference="", tools=tuple(_described(one) for one in self._tools.values())
        )

    def load(self, reference: str) -> Any:
        return self._tools[reference]

    def logical(self, text: str) -> str:
        return text

    def _promote(self, given: PromotePackageVersion, ctx: ToolContext) -> Decision:
        services = self._services()
        return promote.promote(
            services,
            given.package,
            given.version,
            given.to,
            ctx.context_id,
            ctx.actor or services.actor,
            digest=given.digest,
            dry_run=given.dry_run,
        )

    def _set_active(self, given: SetActivePackageVersion, ctx: ToolContext) -> Decision:
        services = self._services()
        actor = ctx.actor or services.actor
        access.authorise_guest(services, ctx.context_id, actor, Act.CHOOSE)
        return activate.activate(
            services,
            given.package,
            given.version,
            ctx.context_id,
            actor,
            device=given.device,
            dry_run=given.dry_run,
        )


def _tool(
    tool_id: str,
    name: str,
    usage: str,
    input_model: type[BaseModel],
    function: Callable[..., Decision],
    hints: ToolHints,
) -> Tool[..., Any]:
    return Tool(
        function,
        tool_id=tool_id,
        name=name,
        usage=usage,
        input_model=input_model,
        output_model=Decision,
        place=places.caller(),
        hints=hints,
    )


def _described(tool: Tool[..., Any]) -> ToolData:
    return ToolData(
        tool_id=tool.tool_id,
        name=tool.name,
        usage_description=tool.usage,
        input_schema=schemas.of_model(tool.input_model, str, closed=True),
        output_schema=schemas.of_model(Decision, str, mode="serialization"),
        reference=tool.name,
        hints=tool.hints,
    )
