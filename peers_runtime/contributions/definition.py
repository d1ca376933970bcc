"""A package's definition, evaluated once when a version is captured; what it says becomes data.

Routes are loaded first and alone: which modules came with them shows whether they pull in the package's
UI or runtime.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from peers_runtime.authoring.package import PackageBuilder, PackageDefinition
from peers_runtime.base import errors
from peers_runtime.contributions import describing, hookspecs, registry, runners
from peers_runtime.contributions.author import Author, Loaded, Refused
from peers_runtime.contributions.belongings import Belongings
from peers_runtime.contributions.references import Load, Logical
from peers_runtime.model.contributions import UI, Route
from peers_runtime.model.manifest import Definition, HookData
from peers_runtime.rules import workflow_references

_CONTRIBUTED = (
    "uis", "tools", "tables", "observables", "events", "workflows", "assistants", "hooks", "lifecycle_hooks",
)  # fmt: skip


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
    refused: Refused | None = None,
) -> Definition:
    """Load routes, definition, UIs and hooks of a package, and describe them.

    `load("notes.package:package")` imports inside a realm in which nothing of the package has been imported
    yet; `loaded()` gives the author's names of the modules imported so far; `logical` turns the realm's
    module names into the author's. Routes and UIs are the siblings `routes` and `uis` of the definition's
    module (both may be missing) unless they are given, or set as `pkg.routes` and `pkg.uis`. A definition
    that sets `pkg.routes` is known too late for its routes to come first: `again()` then hands over a
    second, fresh realm; without it, only what the routes import beyond the rest can be judged.

    Raises `DefinitionFailed` with the package's own error as `__cause__`, or the `PackageError` that
    names what must be mended. With `refused` it goes on after each of them as far as it can, tells of them as
    they come, the same one perhaps again, and raises the first.
    """
    author = Author(load, loaded, name, logical, refused)
    definition_module = reference.partition(":")[0]
    home = definition_module.rpartition(".")[0] or name
    early_routes = routes_module or f"{home}.routes"
    routes = author.tried(None, author.listed, early_routes, "routes", Route, routes_module is not None)
    came_with_routes = loaded()

    builder = author.tried(None, _built, author, reference, name, version)
    if builder is None:
        author.tried(None, author.listed, uis_module or f"{home}.uis", "uis", UI, False)
        author.refuse()
    assert builder is not None  # or it was refused
    chosen_routes = builder.routes or early_routes
    if chosen_routes != early_routes:
        if again is not None:
            fresh, fresh_loaded, fresh_logical = again()
            found = evaluate(
                fresh,
                fresh_loaded,
                name,
                version,
                reference,
                chosen_routes,
                uis_module,
                logical=fresh_logical,
                refused=refused,
            )
            author.refuse()
            return found
        before = set(loaded())
        routes = author.tried(None, author.listed, chosen_routes, "routes", Route, True)
        came_with_routes = tuple(module for module in loaded() if module not in before)

    chosen_uis = builder.uis or uis_module or f"{home}.uis"
    must_exist = bool(builder.uis or uis_module)
    uis = author.tried(None, author.listed, chosen_uis, "uis", UI, must_exist)
    no_hooks: list[HookData] = []
    hooks = author.tried(no_hooks, author.hooks, builder.hooks) if builder.hooks else no_hooks

    late = _late_modules(author, builder, chosen_uis, uis or ())
    late.setdefault(definition_module, "the definition")
    author.tried(None, _refuse_late, chosen_routes, came_with_routes, late)
    if uis is not None or author.is_whole:  # else nobody knows what there is
        for position, route in enumerate(routes or (), start=1):
            author.tried(None, _refuse_unknown_ui, chosen_routes, position, route, uis or ())
    author.tried(None, _refuse_duplicate_uis, chosen_uis, uis or ())
    found = Definition(
        package_id=builder.package_id,
        reference=reference,
        routes_module=None if routes is None else chosen_routes,
        uis_module=None if uis is None else chosen_uis,
        routes=author.described(chosen_routes, "route", routes, describing.route),
        uis=author.described(chosen_uis, "UI", uis, describing.ui),
        tools=author.each(builder.tools, describing.tool),
        tables=author.each(builder.tables, describing.table),
        observables=author.each(builder.observables, describing.observable),
        events=author.each(builder.events, describing.event),
        variables=author.each(builder.variables, describing.variable),
        workflows=author.each(builder.workflows, describing.workflow),
        assistants=author.each(builder.assistants, describing.assistant),
        contracts=tuple(describing.contract(contract) for contract in builder.contracts),
        consumes=tuple(describing.consumed(one) for one in builder.consumed),
        hooks=tuple(hook for hook in hooks if hook.project_name != hookspecs.PROJECT),
        lifecycle_hooks=tuple(hook for hook in hooks if hook.project_name == hookspecs.PROJECT),
        app_navs=tuple(builder.app_navs),
    )
    author.refuse()
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
    Author(load, loaded, name, logical).load(module)


def _built(author: Author, reference: str, name: str, version: str) -> PackageBuilder:
    try:
        definition = author.load(reference)
    except errors.DefinitionFailed as failed:
        _refuse_unknown_name(author, reference, name, failed)
        raise
    if not isinstance(definition, PackageDefinition):
        raise errors.InvalidDefinition(
            f"{reference} is {definition!r}, not a package definition",
            hint="write @define_package above: def package(pkg)",
            where=reference,
        )
    return author.run(reference, definition.evaluate, name, version)


def _refuse_unknown_name(author: Author, reference: str, name: str, failed: errors.DefinitionFailed) -> None:
    """Where the entry point names what its module does not define, that is what is wrong."""
    module, _, attribute = reference.partition(":")
    if not isinstance(failed.__cause__, AttributeError):
        return
    there = vars(author.load(module))  # raises what the module itself raises
    if attribute.partition(".")[0] in there:
        return
    definitions = sorted(key for key, value in there.items() if isinstance(value, PackageDefinition))
    meant = get_close_matches(attribute, definitions, 1) or definitions[:1]
    raise errors.InvalidDefinition(
        f"the entry point {name} = {reference!r} names {attribute}, which {module} does not define",
        hint=f"did you mean `{meant[0]}`? package definitions there: {', '.join(definitions)}"
        if meant
        else f"write in {module}: @define_package above def {attribute}(pkg)",
        reference=reference,
    ) from None


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


def _late_modules(
    author: Author, builder: PackageBuilder, uis_module: str, uis: Iterable[UI]
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


def _refuse_unknown_ui(routes_module: str, position: int, route: Route, uis: Iterable[UI]) -> None:
    if route.peers_ui_id not in {ui.peers_ui_id for ui in uis}:
        raise errors.UINotContributed(
            f"{routes_module}, route {position} ({route.path or route.pattern or route.ui_category}) "
            f"names the UI {route.peers_ui_id}, which the package does not contribute",
            hint="add it to the list of UIs, or correct the id",
            peers_ui_id=route.peers_ui_id,
            where=f"{routes_module}, route {position}",
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
