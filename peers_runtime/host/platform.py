"""What the runtime itself contributes to every context: the tools of the reserved package `peers`.

An assistant, CI and a console call them as they call a package's; each is one operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from peers_runtime.authoring import places
from peers_runtime.authoring.tools import Tool
from peers_runtime.contributions import schemas
from peers_runtime.contributions.belongings import Belongings
from peers_runtime.contributions.loaded_tools import PLATFORM
from peers_runtime.model.catalog import VersionTag
from peers_runtime.model.decision import Decision
from peers_runtime.model.manifest import Definition, ToolData, ToolHints
from peers_runtime.operations import access, activate, inspect, promote
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.contributions.tool_context import ToolContext
    from peers_runtime.model.catalog import Package
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


class RollBackPackage(BaseModel):
    package: str = Field(description="Import name or package id.")
    to: str | None = Field(None, description="An older version; without it, the one that was active before.")
    dry_run: bool = Field(False, description="Only say what would change.")


class ListPackageVersions(BaseModel):
    package: str | None = Field(None, description="Import name or package id; without it, all packages.")


class KnownVersion(BaseModel):
    version: str
    tag: VersionTag
    device: str | None = Field(description="Of a dev version, the device that it belongs to.")
    digest: str
    yanked: bool
    is_active: bool = Field(description="Here: on this device, in this context.")


class KnownPackage(BaseModel):
    package: str
    description: str
    is_disabled: bool
    reason: str = Field(description="Why that version is active, or none.")
    versions: list[KnownVersion] = Field(description="In order of creation.")


class KnownPackages(BaseModel):
    packages: list[KnownPackage] = Field(description="By name.")


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
                _tool(
                    "0mx2u0y2fwzcitzsg87kmm69v",
                    "roll-back-package",
                    "Return this context, or a device that goes its own way, to an older version.",
                    RollBackPackage,
                    self._roll_back,
                    ToolHints(read_only=False, destructive=True, idempotent=False),
                ),
                _tool(
                    "0mx2u0y8g97ucegc44ckqy2yq",
                    "list-package-versions",
                    "List the packages of this context with their versions, and which one is active and why.",
                    ListPackageVersions,
                    self._list,
                    ToolHints(read_only=True, destructive=False, idempotent=True),
                    KnownPackages,
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

    def _roll_back(self, given: RollBackPackage, ctx: ToolContext) -> Decision:
        services = self._services()
        actor = ctx.actor or services.actor
        access.authorise_guest(services, ctx.context_id, actor, Act.CHOOSE)
        return activate.rollback(
            services, given.package, ctx.context_id, actor, to=given.to, dry_run=given.dry_run
        )

    def _list(self, given: ListPackageVersions, ctx: ToolContext) -> KnownPackages:
        services = self._services()
        services, context_id = replace(services, actor=ctx.actor or services.actor), ctx.context_id
        if given.package is not None:
            inspect.versions(services, given.package, context_id)  # raises for an unknown one
        return KnownPackages(
            packages=[
                _known(services, one)
                for one in inspect.packages(services, context_id)
                if given.package in (None, one.name, one.package_id)
            ]
        )


def _known(services: Services, package: Package) -> KnownPackage:
    resolution = inspect.resolve(services, package.package_id, package.context_id)
    return KnownPackage(
        package=package.name,
        description=package.description,
        is_disabled=package.disabled,
        reason=resolution.reason,
        versions=[
            KnownVersion(
                version=one.version,
                tag=one.version_tag,
                device=one.device_id,
                digest=one.snapshot_digest,
                yanked=one.yanked,
                is_active=one == resolution.version,
            )
            for one in inspect.versions(services, package.package_id, package.context_id)
        ],
    )


def _tool(
    tool_id: str,
    name: str,
    usage: str,
    input_model: type[BaseModel],
    function: Callable[..., BaseModel],
    hints: ToolHints,
    output_model: type[BaseModel] = Decision,
) -> Tool[..., Any]:
    return Tool(
        function,
        tool_id=tool_id,
        name=name,
        usage=usage,
        input_model=input_model,
        output_model=output_model,
        place=places.caller(),
        hints=hints,
    )


def _described(tool: Tool[..., Any]) -> ToolData:
    assert tool.output_model is not None  # each of these has one
    return ToolData(
        tool_id=tool.tool_id,
        name=tool.name,
        usage_description=tool.usage,
        input_schema=schemas.of_model(tool.input_model, str, closed=True),
        output_schema=schemas.of_model(tool.output_model, str, mode="serialization"),
        reference=tool.name,
        hints=tool.hints,
    )
