"""What a snapshot says about itself.

The manifest holds everything that the runtime needs to list, route and plan without running package
code; `references` (`"notes.ui.note:render"`) say where the code is when it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, computed_field, field_validator, model_validator

from peers_runtime.base import errors
from peers_runtime.model import versions
from peers_runtime.model.contributions import AppNav
from peers_runtime.model.variables import Scope
from peers_runtime.model.wire import Record
from peers_runtime.model.workflows import AssistantData, WorkflowData

JSONSchema = dict[str, Any]
MOST_CLAIMED = 1000  # versions of one contract that a claim may name


def _is_empty(value: tuple[object, ...]) -> bool:
    """What came later is left out while it is empty: a package without it has the id that it always had."""
    return not value


class FileEntry(Record):
    """One file; `path` is posix and starts with the import package's folder (`notes/store.py`)."""

    path: str
    digest: str
    size: int  # bytes


class ModuleEntry(Record):
    """One importable module. A folder without `__init__.py` is a package with no `path`."""

    name: str
    path: str | None = None
    is_package: bool


class Component(Record):
    """A UI as a component of the package. `version` counts its published changes; None while a draft."""

    id: str
    name: str
    type: str
    version: int | None = Field(default=None, ge=1)


class Asset(Record):
    """A file bound to a component; `url` is the path under which an adapter serves it."""

    id: str
    name: str
    url: str
    component_id: str
    digest: str
    size: int  # bytes
    mime: str


class RouteData(Record):
    """A route as data; its position in the list is the position in the routes module's list."""

    peers_ui_id: str
    path: str | None = None
    pattern: str | None = None
    ui_category: str = "screen"
    ui_subcategory: str | None = None
    ui_edit_mode: str | None = None
    props_schema: JSONSchema | None = None
    has_is_match: bool = False
    priority: int = 0


class UIData(Record):
    """A UI as data. Without a `reference` its content is found by position in the `uis` list.

    `asset` is the content of one for the target "web-module": the path of an ES module.
    """

    peers_ui_id: str
    name: str
    type: str
    target: str
    reference: str | None = None
    props_schema: JSONSchema | None = None
    props_reference: str | None = None  # the pydantic model, when the schema is one
    assets: tuple[str, ...] = ()
    asset: str | None = Field(default=None, exclude_if=lambda value: value is None)


class ToolHints(Record):
    """What a tool's author says that it does beside answering; None: nothing is said."""

    read_only: bool | None = Field(default=None, exclude_if=lambda value: value is None)
    destructive: bool | None = Field(default=None, exclude_if=lambda value: value is None)
    idempotent: bool | None = Field(default=None, exclude_if=lambda value: value is None)


class ToolData(Record):
    """A tool as data. Without a `reference` it is found by id in the definition."""

    tool_id: str
    name: str
    usage_description: str
    input_schema: JSONSchema
    output_schema: JSONSchema | None = None
    reference: str | None = None
    is_async: bool = False
    hints: ToolHints | None = Field(default=None, exclude_if=lambda value: value is None)


class TableData(Record):
    """A table as data; `row_schema` is the JSON Schema of the row's model."""

    table_id: str
    name: str
    version: int
    primary_key: str
    indexes: tuple[str, ...] = ()
    row_schema: JSONSchema
    reference: str | None = None


class ObservableData(Record):
    """An observable as data; `value_schema` is the JSON Schema of its values."""

    observable_id: str
    name: str
    value_schema: JSONSchema
    writable: bool = False
    reference: str | None = None


class EventData(Record):
    """An event as data; `payload_schema` is the JSON Schema of what is told."""

    event_id: str
    name: str
    payload_schema: JSONSchema
    has_source: bool = False
    reference: str | None = None


class ClaimData(Record):
    """That a contract fulfils another one, or older versions of itself: `first` to `last`."""

    contract_id: str
    first: int = Field(ge=1)
    last: int

    @model_validator(mode="after")
    def _can_be_judged(self) -> ClaimData:
        """Each version is judged by itself, so a wheel cannot ask for a billion of them."""
        if not 0 <= self.last - self.first < MOST_CLAIMED:
            raise ValueError(f"{self.first} to {self.last} are no 1 to {MOST_CLAIMED} versions")
        return self


class ContractData(Record):
    """A contract that the package provides: what stands in it, by id, and which others it fulfils."""

    contract_id: str
    version: int
    name: str
    tools: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    observables: tuple[str, ...] = Field(default=(), exclude_if=_is_empty)
    events: tuple[str, ...] = Field(default=(), exclude_if=_is_empty)
    also_implements: tuple[ClaimData, ...] = Field(default=(), exclude_if=_is_empty)


class ConsumedData(Record):
    """A contract that the package uses. `providers` are package ids, the preferred one first.

    With `fallback`, others will do, too.
    """

    contract_id: str
    version: int
    optional: bool = False
    providers: tuple[str, ...] = ()
    fallback: bool = True

    @property
    def label(self) -> str:
        return f"{self.contract_id}@{self.version}"


class VariableData(Record):
    """A variable as data: the JSON Schema of its type, and its default as JSON data."""

    variable_id: str
    name: str
    scope: Scope
    value_schema: JSONSchema
    default: Any = None
    secret: bool = False
    description: str = ""
    reference: str | None = None


class HookData(Record):
    """One hook implementation: enough to register it with pluggy without importing it."""

    project_name: str
    hook: str
    reference: str
    argument_names: tuple[str, ...]
    keyword_names: tuple[str, ...] = ()  # those with a default
    is_generator: bool = False
    options: dict[str, Any] = Field(
        default_factory=dict
    )  # pluggy's: tryfirst, trylast, wrapper, hookwrapper, …


class Requires(Record):
    """Python distributions as PEP 508 requirements: private ones, and those shared with the host."""

    private: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


class PrivateEntry(Record):
    """One private distribution: which wheel it is, and what its metadata says.

    `name` is canonical (`ruamel-yaml`). `digest` names its content in a store, of which the wheel is a part;
    `imports` are its top-level names. `requires` are all that the metadata lists, with their conditions,
    of which those of the `extras` hold that were asked for.
    """

    name: str
    version: str
    digest: str
    wheel: FileEntry  # `path` is its file name
    imports: tuple[str, ...]
    extras: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    requires_python: str = ""


class Dependency(Record):
    """A package that another one depends on, in the one version that is locked for it.

    `name` is its import name, `digest` its snapshot's id, which covers what it depends on itself.
    """

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    project_id: str = Field(pattern=r"^[0-9a-z]{25}$")
    version: str
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")

    @field_validator("version")
    @classmethod
    def _is_semantic(cls, text: str) -> str:
        try:
            return versions.check(text)
        except errors.InvalidVersion as error:
            raise ValueError(error.message) from error

    @property
    def key(self) -> str:
        return f"{self.project_id}@{self.version}"

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}"


class Metadata(Record):
    author: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()


class Definition(Record):
    """The package as its author's code describes it, once evaluated."""

    package_id: str
    reference: str  # "notes.package:package"
    routes_module: str | None = None
    uis_module: str | None = None
    routes: tuple[RouteData, ...] = ()
    uis: tuple[UIData, ...] = ()
    tools: tuple[ToolData, ...] = ()
    tables: tuple[TableData, ...] = ()
    observables: tuple[ObservableData, ...] = Field(default=(), exclude_if=_is_empty)
    events: tuple[EventData, ...] = Field(default=(), exclude_if=_is_empty)
    contracts: tuple[ContractData, ...] = ()
    consumes: tuple[ConsumedData, ...] = Field(default=(), exclude_if=_is_empty)
    variables: tuple[VariableData, ...] = Field(default=(), exclude_if=lambda value: not value)
    workflows: tuple[WorkflowData, ...] = Field(default=(), exclude_if=_is_empty)
    assistants: tuple[AssistantData, ...] = Field(default=(), exclude_if=_is_empty)
    hooks: tuple[HookData, ...] = ()
    lifecycle_hooks: tuple[HookData, ...] = ()  # peers_activated, peers_deactivating, peers_dispose
    app_navs: tuple[AppNav, ...] = ()


class CompiledComponent(Record):
    """Where a component's code is. It is compiled once for each interpreter and digest of its source."""

    module: str
    source_digest: str | None = None  # None: a module that has no file


class Compiled(Record):
    """What a host needs of a package's components, by their names."""

    components: dict[str, CompiledComponent]
    assets: dict[str, tuple[Asset, ...]]


class Manifest(Record):
    """A snapshot's manifest. `id` is its digest: the SHA-256 of the RFC 8785 JSON of its content.

    Times, author and component version numbers lie outside the digest. What follows from the rest
    (`project_id`, `compiled`) is in the JSON of an answer, and is not stored.
    """

    id: str
    name: str  # the import name
    version: str
    files: tuple[FileEntry, ...]
    modules: tuple[ModuleEntry, ...]
    components: tuple[Component, ...] = ()
    assets: tuple[Asset, ...] = ()
    requires: Requires = Requires()
    private: tuple[PrivateEntry, ...] = ()  # what `requires.private` was resolved to, by name
    dependencies: tuple[Dependency, ...] = ()  # on other packages; its own, not theirs; by name
    definition: Definition
    metadata: Metadata = Metadata()
    created_at: str
    updated_at: str

    @property
    def package_id(self) -> str:
        return self.definition.package_id

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property; pydantic asks for one
    @property
    def project_id(self) -> str:
        """The package id, which is that of its project."""
        return self.package_id

    @computed_field  # type: ignore[prop-decorator]  # see above
    @property
    def compiled(self) -> Compiled:
        """Of a component with several targets, the code of the first."""
        digests = {file.path: file.digest for file in self.files}
        sources = {module.name: digests.get(module.path or "") for module in self.modules}
        uis = {ui.peers_ui_id: ui for ui in reversed(self.definition.uis)}
        modules = {
            one.name: (uis[one.id].reference or f"{self.definition.uis_module}:").partition(":")[0]
            for one in self.components
        }
        return Compiled(
            components={
                name: CompiledComponent(module=module, source_digest=sources.get(module))
                for name, module in modules.items()
            },
            assets={
                one.name: tuple(asset for asset in self.assets if asset.component_id == one.id)
                for one in self.components
            },
        )

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_follows(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if name not in _FOLLOWS}


_FOLLOWS = frozenset({"project_id", "projectId", "compiled"})
