"""A package's definition, evaluated once when a version is captured; what it says becomes data.

Routes are loaded first and alone: which modules came with them shows whether they pull in the package's
UI or runtime.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from traceback import walk_tb
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.errors import PydanticUserError

from peers_runtime.authoring.package import PackageBuilder, PackageDefinition
from peers_runtime.base import errors
from peers_runtime.contributions import describing, hookspecs, interrupts, registry, runners
from peers_runtime.contributions.belongings import Belongings
from peers_runtime.contributions.references import Load, Logical, References
from peers_runtime.model.contributions import UI, Route
from peers_runtime.model.manifest import Definition, HookData
from peers_runtime.rules import workflow_references

_CONTRIBUTED = (
    "uis", "tools", "tables", "observables", "events", "workflows", "assistants", "hooks", "lifecycle_hooks",
)  # fmt: skip

Loaded = Callable[[], tuple[str, ...]]
Item = TypeVar("Item")
Answer = TypeVar("Answer")


def evaluate(
    load: Load,
    loaded: Loaded,
    name: str,
    version: str,
    reference: str,
    routes_module: str | None = None,
    uis_module: str | None = None,
    *,
    logical: Logical = str,
    again: Callable[[], tuple[Load, Loaded, Logical]] | None = None,
) -> Definition:
    """Load routes, definition, UIs and hooks of a package, and describe them.

    `load("notes.package:package")` imports inside a realm in which nothing of the package has been imported
    yet; `loaded()` gives the author's names of the modules imported so far; `logical` turns the realm's
    module names into the author's. Routes and UIs are the siblings `routes` and `uis` of the definition's
    module (both may be missing) unless they are given, or set as `pkg.routes` and `pkg.uis`. A definition
    that sets `pkg.routes` is known too late for its routes to come first: `again()` then hands over a
    second, fresh realm; without it, only what the routes import beyond the rest can be judged.

    Raises `DefinitionFailed` with the package's own error as `__cause__`, or the `PackageError` that
    names what must be mended.
    """
    author = _Author(load, loaded, name, logical)
    definition_module = reference.partition(":")[0]
    home = definition_module.rpartition(".")[0] or name
    early_routes = routes_module or f"{home}.routes"
    routes = author.listed(early_routes, "routes", Route, must_exist=routes_module is not None)
    came_with_routes = loaded()

    definition = author.run(reference, lambda: load(reference))
    if not isinstance(definition, PackageDefinition):
        raise errors.InvalidDefinition(
            f"{reference} is {definition!r}, not a package definition",
            hint="write @define_package above: def package(pkg)",
            where=reference,
        )
    builder = author.run(reference, lambda: definition.evaluate(name, version))
    chosen_routes = builder.routes or early_routes
    if chosen_routes != early_routes:
        if again is not None:
            fresh, fresh_loaded, fresh_logical = again()
            return evaluate(
                fresh,
                fresh_loaded,
                name,
                version,
                reference,
                chosen_routes,
                uis_module,
                logical=fresh_logical,
            )
        before = set(loaded())
        routes = author.listed(chosen_routes, "routes", Route, must_exist=True)
        came_with_routes = tuple(module for module in loaded() if module not in before)

    chosen_uis = builder.uis or uis_module or f"{home}.uis"
    must_exist = bool(builder.uis or uis_module)
    uis = author.listed(chosen_uis, "uis", UI, must_exist=must_exist)
    hooks = author.hooks(builder.hooks) if builder.hooks else []

    late = _late_modules(author, builder, chosen_uis, uis or ())
    late.setdefault(definition_module, "the definition")
    _refuse_late(chosen_routes, came_with_routes, late)
    _refuse_unknown_uis(chosen_routes, routes or (), uis or ())
    _refuse_duplicate_uis(chosen_uis, uis or ())
    found = Definition(
        package_id=builder.package_id,
        reference=reference,
        routes_module=None if routes is None else chosen_routes,
        uis_module=None if uis is None else chosen_uis,
        routes=author.described(chosen_routes, "route", routes, describing.route),
        uis=author.described(chosen_uis, "UI", uis, describing.ui),
        tools=tuple(author.run(str(t.place), describing.tool, t, author.references) for t in builder.tools),
        tables=tuple(
            author.run(str(t.place), describing.table, t, author.references) for t in builder.tables
        ),
        observables=tuple(
            author.run(str(one.place), describing.observable, one, author.references)
            for one in builder.observables
        ),
        events=tuple(
            author.run(str(one.place), describing.event, one, author.references) for one in builder.events
        ),
        variables=tuple(
            author.run(str(v.place), describing.variable, v, author.references) for v in builder.variables
        ),
        workflows=tuple(
            author.run(str(one.place), describing.workflow, one, author.references)
            for one in builder.workflows
        ),
        assistants=tuple(
            author.run(str(one.place), describing.assistant, one, author.references)
            for one in builder.assistants
        ),
        contracts=tuple(describing.contract(contract) for contract in builder.contracts),
        consumes=tuple(describing.consumed(one) for one in builder.consumed),
        hooks=tuple(hook for hook in hooks if hook.project_name != hookspecs.PROJECT),
        lifecycle_hooks=tuple(hook for hook in hooks if hook.project_name == hookspecs.PROJECT),
        app_navs=tuple(builder.app_navs),
    )
    _refuse_unknown_references(found, builder)
    registry.check_life(_Draft(f"{name}@{version}", found, load, logical))
    if not any(getattr(found, kind) for kind in _CONTRIBUTED):
        raise errors.NoComponentsToPackage(
            f"{name} {version} contributes nothing: no UI, tool, table, observable, event, workflow,"
            " assistant or hook",
            hint=f"list UIs in {chosen_uis}, set pkg.hooks, or give a contract tools or tables",
            package=name,
        )
    return found


def imported(load: Load, loaded: Loaded, name: str, module: str, logical: Logical = str) -> None:
    """Import one module of a package. Raises `DefinitionFailed` as `evaluate`."""
    _Author(load, loaded, name, logical).run(module, load, module)


class _Draft:
    """What was evaluated, as the version that it may become."""

    def __init__(self, label: str, definition: Definition, load: Load, logical: Logical) -> None:
        self.label = label
        self.definition = definition
        self.belongings = Belongings()
        self._load = load
        self._logical = logical

    def load(self, reference: str) -> Any:
        return self._load(reference)

    def logical(self, text: str) -> str:
        return self._logical(text)


class _Author:
    """The package under evaluation: runs its code and says whose fault an error is."""

    def __init__(self, load: Load, loaded: Loaded, name: str, logical: Logical) -> None:
        self._load = load
        self._name = name
        self._logical = logical
        self.references = References(name, load, loaded, logical)

    def run(self, what: str, act: Callable[..., Answer], *arguments: object) -> Answer:
        try:
            return act(*arguments)
        except errors.PeersError as error:
            error.message = self._logical(error.message)
            self._place(error)
            raise
        except BaseException as error:
            if interrupts.is_interrupt(error):
                raise
            where = self._where(error)
            shown = self._logical(f"{type(error).__name__}: {error}")
            if isinstance(error, ValidationError) and error.title in ("Route", "UI", "AppNav"):
                faults = "; ".join(
                    f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
                )
                raise errors.InvalidDefinition(
                    f"{where or what}: {error.title} is wrong in {faults}",
                    hint=f"see the fields of {error.title} in the reference",
                    where=where or what,
                ) from error
            if isinstance(error, PydanticUserError):
                raise errors.InvalidDefinition(
                    f"{where or what}: {self._logical(error.message)}",
                    hint="pydantic cannot make a model, or its JSON Schema, of this",
                    where=where or what,
                ) from error
            raise errors.DefinitionFailed(
                f"{what} failed{f' at {where}' if where else ''}: {shown}",
                hint=f"the error is the package's own; try: python -c 'import {what.partition(':')[0]}'",
                where=where or what,
                package=self._name,
            ) from error

    def listed(
        self, module: str, variable: str, kind: type[Item], *, must_exist: bool
    ) -> Sequence[Item] | None:
        """The list that a module holds, or None when there is no such module and none is needed."""
        try:
            namespace = vars(self.run(module, self._module, module))
        except errors.DefinitionFailed as failed:
            if not _is_missing(module, failed):
                raise
            if not must_exist:
                return None
            raise errors.InvalidDefinition(
                f"there is no module {module!r} to take {variable} from",
                hint=f"make it, or correct pkg.{variable}",
                where=module,
            ) from failed.__cause__
        items = namespace.get(variable)
        wrong = (
            [items]
            if not isinstance(items, list | tuple)
            else [item for item in items if not isinstance(item, kind)]
        )
        if wrong:
            raise errors.InvalidDefinition(
                f"{module}: {variable} must be a list of {kind.__name__}, but there is {wrong[0]!r}",
                hint=f"write: {variable} = [{kind.__name__}(peers_ui_id=…, …)]",
                where=module,
            )
        assert isinstance(items, list | tuple)  # or it would be wrong
        return items

    def hooks(self, module: str) -> list[HookData]:
        found = self.run(module, lambda: list(describing.hooks(self._module(module), module)))
        if not found:
            raise errors.InvalidDefinition(
                f"pkg.hooks names {module}, which has no hook implementation",
                hint="mark functions with pluggy.HookimplMarker('the host's project')",
                where=module,
            )
        return found

    def described(
        self,
        module: str,
        word: str,
        items: Sequence[Item] | None,
        describe: Callable[[Item, str, References], Answer],
    ) -> tuple[Answer, ...]:
        return tuple(
            self.run(module, describe, item, f"{module}, {word} {position}", self.references)
            for position, item in enumerate(items or (), start=1)
        )

    def _module(self, module: str) -> Any:
        return self._load(module)

    def _place(self, error: errors.PeersError) -> None:
        """Records do not know where they are written; the traceback does."""
        where = self._where(error)
        if where is not None and "where" not in error.facts and isinstance(error, errors.PackageError):
            if not error.message.startswith(where.rpartition(":")[0]):
                error.message = f"{where}: {error.message}"
            error.facts["where"] = where

    def _where(self, error: BaseException) -> str | None:
        """The innermost line of the package's own that the error came through."""
        own = None
        for frame, line in walk_tb(error.__traceback__):
            if self.references.own(str(frame.f_globals.get("__name__", ""))):
                own = f"{frame.f_code.co_filename}:{line}"
        return own


def _is_missing(module: str, failed: errors.DefinitionFailed) -> bool:
    """Whether the module itself is missing. A function, as its frame must not outlive the error."""
    cause = failed.__cause__
    return isinstance(cause, ModuleNotFoundError) and cause.name == module


def _late_modules(
    author: _Author, builder: PackageBuilder, uis_module: str, uis: Iterable[UI]
) -> dict[str, str]:
    """Modules that must not be loaded with the routes, and what each is."""
    late = {uis_module: "the list of UIs"}
    for ui in uis:
        module = (
            ui.content.partition(":")[0]
            if isinstance(ui.content, str)
            else author.references.module_of(ui.content)
        )
        if module is not None:
            late.setdefault(module, f"the UI {ui.name!r}")
    for tool in builder.tools:
        module = author.references.own(tool.place.module)
        if module is not None:
            late.setdefault(module, f"the tool {tool.name!r}")
    for word, items in (
        ("table", builder.tables),
        ("observable", builder.observables),
        ("event", builder.events),
        ("variable", builder.variables),
        ("workflow", builder.workflows),
        ("assistant", builder.assistants),
    ):
        for item in items:
            module = author.references.own(item.place.module)
            if module is not None:
                late.setdefault(module, f"the {word} {item.name!r}")
    if builder.hooks:
        late.setdefault(builder.hooks, "the hooks")
    return late


def _refuse_late(routes_module: str, came_with_routes: Iterable[str], late: dict[str, str]) -> None:
    """A definition in the package's `__init__` comes with every module: it counts for what else it holds."""
    for module in came_with_routes:
        what = late.get(module)
        parent = what == "the definition" and routes_module.startswith(f"{module}.")
        if what is not None and not parent:
            raise errors.RoutesImportUI(
                f"importing {routes_module} imports {module}, which holds {what}",
                hint="routes name a UI by its id: keep ids in a module of their own and import that",
                routes_module=routes_module,
                module=module,
            )


def _refuse_unknown_references(found: Definition, builder: PackageBuilder) -> None:
    """What workflows and assistants name of the package itself is there, and the runners are runners."""
    flaw = workflow_references.flaw(found)
    if flaw is None:
        runners.check(builder)
        return
    owner, error = flaw
    places = {one.workflow_id: one.place for one in builder.workflows}
    place = places.get(owner) or next(one.place for one in builder.assistants if one.assistant_id == owner)
    error.message = f"{place}: {error.message}"
    error.facts["where"] = str(place)
    raise error


def _refuse_unknown_uis(routes_module: str, routes: Iterable[Route], uis: Iterable[UI]) -> None:
    contributed = {ui.peers_ui_id for ui in uis}
    for position, route in enumerate(routes, start=1):
        if route.peers_ui_id not in contributed:
            raise errors.UINotContributed(
                f"{routes_module}, route {position} ({route.path or route.pattern or route.ui_category}) "
                f"names the UI {route.peers_ui_id}, which the package does not contribute",
                hint="add it to the list of UIs, or correct the id",
                peers_ui_id=route.peers_ui_id,
                where=routes_module,
            )


def _refuse_duplicate_uis(uis_module: str, uis: Iterable[UI]) -> None:
    targets: set[tuple[str, str]] = set()
    names: dict[str, str] = {}
    for position, ui in enumerate(uis, start=1):
        if names.get(ui.name, ui.peers_ui_id) != ui.peers_ui_id:
            raise errors.ComponentNameExists(
                f"{uis_module}, UI {position}: {ui.name!r} is the name of a UI above with another id, "
                f"{names[ui.name]}",
                hint="give each UI a name of its own",
                peers_ui_id=ui.peers_ui_id,
                name=ui.name,
                where=uis_module,
            )
        if (ui.peers_ui_id, ui.target) in targets:
            raise errors.DuplicateId(
                f"{uis_module}, UI {position}: {ui.name!r} has the id {ui.peers_ui_id} of a UI above, "
                f"for the same target {ui.target!r}",
                hint="give each UI an id of its own; make one with: peers id",
                peers_ui_id=ui.peers_ui_id,
                name=ui.name,
                where=uis_module,
            )
        targets.add((ui.peers_ui_id, ui.target))
        names[ui.name] = ui.peers_ui_id
