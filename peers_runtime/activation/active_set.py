"""A distinct set of active versions, shared by every context that has it.

What depends only on the set lives here (routes, modules, hooks), so that memory grows with distinct sets
and not with contexts. On a host's start path: imports late.
"""

from __future__ import annotations

from peers_runtime.base import errors
from peers_runtime.importing.current import current
from peers_runtime.rules.routes import RouteTable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import ModuleType

    from peers_runtime.activation.live import Live
    from peers_runtime.activation.ports import Memory
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contributions.assistants import LoadedAssistant
    from peers_runtime.contributions.events import LoadedEvent
    from peers_runtime.contributions.loaded_tools import LoadedTool
    from peers_runtime.contributions.names import Names
    from peers_runtime.contributions.observables import LoadedObservable
    from peers_runtime.contributions.registry import HostSpecs, Registry
    from peers_runtime.contributions.tables import LoadedTable
    from peers_runtime.contributions.variables import LoadedVariable
    from peers_runtime.contributions.workflows import LoadedWorkflow
    from peers_runtime.model.active import ActivePackage


class ActiveSet:
    """Never changes; whoever holds it keeps its versions loaded."""

    __slots__ = (
        "__weakref__",
        "_assistants",
        "_events",
        "_found",
        "_observables",
        "_registry",
        "_routes",
        "_tables",
        "_tools",
        "_variables",
        "_version_of",
        "_versions",
        "_workflows",
        "bindings",
        "live",
        "memory",
        "modules",
        "namespaces",
        "packages",
    )

    def __init__(
        self,
        packages: Sequence[ActivePackage],
        version_of: Callable[[ActivePackage], ActiveVersion],
        memory: Memory,
        live: Live,
    ) -> None:
        self.packages = packages
        self.memory = memory
        self.live = live
        self.bindings = 0  # how many contexts have it now; kept by the engine
        self._found: dict[str, ActiveVersion] = {}
        self._version_of = _once(version_of, self._found)
        self.modules = Modules(packages, self._version_of)
        self.namespaces: dict[str, dict[str, object]] = {}  # filled by facades, see `importing.current`
        self._versions: Mapping[str, ActiveVersion] | None = None
        self._routes: RouteTable | None = None
        self._tables: Names[LoadedTable] | None = None
        self._tools: Names[LoadedTool] | None = None
        self._observables: Names[LoadedObservable] | None = None
        self._events: Names[LoadedEvent] | None = None
        self._variables: Names[LoadedVariable] | None = None
        self._workflows: Names[LoadedWorkflow] | None = None
        self._assistants: Names[LoadedAssistant] | None = None
        self._registry: tuple[Sequence[HostSpecs], Registry] | None = None

    @property
    def versions(self) -> Mapping[str, ActiveVersion]:
        """The versions by import name, in name order."""
        if self._versions is None:
            self._versions = {package.name: self._version_of(package) for package in self.packages}
        return self._versions

    @property
    def has_ended(self) -> bool:
        """Whether one of its versions was told its end, so that only what runs on them should go on."""
        return any(one.has_ended for one in tuple(self._found.values()))

    @property
    def sound(self) -> Sound:
        """Those of the versions whose snapshot can be read; one that cannot is listed and stops no other."""
        return Sound(self.versions.values())

    @property
    def routes(self) -> RouteTable:
        """All routes of the set; the first call reads them from the index's rows, no code is imported."""
        if self._routes is None:
            self._routes = RouteTable(self.packages)
        return self._routes

    def registry(self, specs: Sequence[HostSpecs]) -> Registry:
        """The one pluggy manager of this set; made again only when the host has added hookspecs since."""
        made = self._registry
        if made is None or made[0] is not specs:
            from peers_runtime.contributions.registry import Registry

            registry = Registry([*self.sound], specs, self.memory.report)
            made = self._registry = specs, registry
        return made[1]

    @property
    def tables(self) -> Names[LoadedTable]:
        """Every table of the set, by name and id; built from manifests, no code is imported."""
        if self._tables is None:
            from peers_runtime.contributions import tables

            self._tables = tables.names(self.sound)
        return self._tables

    @property
    def tools(self) -> Names[LoadedTool]:
        """Every tool of the set, by name and id; built from manifests, no code is imported."""
        if self._tools is None:
            from peers_runtime.contributions import tools

            self._tools = tools.names((*self.sound, self.memory.platform()))
        return self._tools

    @property
    def observables(self) -> Names[LoadedObservable]:
        """Every observable of the set, by name and id; built from manifests, no code is imported."""
        if self._observables is None:
            from peers_runtime.contributions import observables

            self._observables = observables.names(self.sound)
        return self._observables

    @property
    def events(self) -> Names[LoadedEvent]:
        """Every event of the set, by name and id; built from manifests, no code is imported."""
        if self._events is None:
            from peers_runtime.contributions import events

            self._events = events.names(self.sound)
        return self._events

    @property
    def variables(self) -> Names[LoadedVariable]:
        """Every variable of the set, by name and id; built from manifests, no code is imported."""
        if self._variables is None:
            from peers_runtime.contributions import variables

            self._variables = variables.names(self.sound)
        return self._variables

    @property
    def workflows(self) -> Names[LoadedWorkflow]:
        """Every workflow of the set, by name and id; built from manifests, no code is imported."""
        if self._workflows is None:
            from peers_runtime.contributions import workflows

            self._workflows = workflows.names(self.sound)
        return self._workflows

    @property
    def assistants(self) -> Names[LoadedAssistant]:
        """Every assistant of the set, by name and id; built from manifests, no code is imported."""
        if self._assistants is None:
            from peers_runtime.contributions import assistants

            self._assistants = assistants.names(self.sound)
        return self._assistants

    def owner_of_ui(self, peers_ui_id: str) -> ActiveVersion | None:
        """The version that contributes a UI; looks through the routes first, which need no manifest."""
        for route in self.routes:
            if route.peers_ui_id == peers_ui_id:
                return self.versions[route.package.name]
        for version in self.sound:
            if any(ui.peers_ui_id == peers_ui_id for ui in version.definition.uis):
                return version
        return None


def _once(
    version_of: Callable[[ActivePackage], ActiveVersion], found: dict[str, ActiveVersion]
) -> Callable[[ActivePackage], ActiveVersion]:
    """Keeps to the version that was found first, whoever asks; it knows no set, which would be a cycle."""

    def version(package: ActivePackage) -> ActiveVersion:
        known = found.get(package.name)
        return known if known is not None else found.setdefault(package.name, version_of(package))

    return version


class Sound:
    """Iterates over versions that can be read, reading them as it comes to them."""

    __slots__ = ("_versions",)

    def __init__(self, versions: Iterable[ActiveVersion]) -> None:
        self._versions = versions

    def __iter__(self) -> Iterator[ActiveVersion]:
        for version in self._versions:
            try:
                version.definition  # noqa: B018  # reads and verifies it
            except errors.StorageError as error:
                version.report(error.code, error.message, error.hint)
            else:
                yield version


class Modules(dict[str, "ModuleType"]):
    """Logical module name → the module of the active version; imported when first asked for.

    `modules["notes.store"].add` is the fast way to a version's code: one dictionary look-up.
    """

    __slots__ = ("_packages", "_version_of", "_versions")

    def __init__(
        self, packages: Sequence[ActivePackage], version_of: Callable[[ActivePackage], ActiveVersion]
    ) -> None:
        super().__init__()
        self._packages = packages
        self._version_of = version_of
        self._versions: dict[str, ActiveVersion] = {}  # those in use: they live as long as this mapping

    def __missing__(self, name: str) -> ModuleType:
        root = name.partition(".")[0]
        version = self._versions.get(root)
        if version is None:
            for package in self._packages:
                if package.name == root:
                    version = self._versions[root] = self._version_of(package)
                    break
            else:
                raise no_active_version(root, _current_context_id())
        module = self[name] = version.module(name)
        return module


def no_active_version(name: str, context_id: str) -> errors.NoActiveVersion:
    return errors.NoActiveVersion(
        f"{name!r} has no active version in context {context_id!r}",
        hint=f"peers install SOURCE -c {context_id}, or: peers activate {name} VERSION -c {context_id}",
        package=name,
        context=context_id,
    )


def _current_context_id() -> str:
    entered = current.get()
    return entered[0].context_id if entered is not None else "(none)"
