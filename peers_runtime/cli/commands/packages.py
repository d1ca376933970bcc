"""`peers install`, `list`, `show`, `uninstall`: packages in a context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from peers_runtime.base import errors
from peers_runtime.cli import completion, suggestions
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command
from peers_runtime.cli.commands.drafting import contents
from peers_runtime.cli.decisions import decided, dry_run_option
from peers_runtime.cli.settings import current, opened_runtime, run, runtime_to_look

if TYPE_CHECKING:
    from peers_runtime import Runtime
    from peers_runtime.model.catalog import Package
    from peers_runtime.model.decision import Decision
    from peers_runtime.model.manifest import Manifest
    from peers_runtime.model.resolved import Resolved
    from peers_runtime.rules.resolution import Resolution

NONE = "–"


@command("install")
@click.argument("sources", shell_complete=completion.files, metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--activate/--no-activate", default=True, show_default=True, help="Use it in the context at once."
)
@click.option(
    "--with", "beside", multiple=True, metavar="WHEEL", help="A package that it depends on; may be repeated."
)
@dry_run_option
def install(sources: tuple[str, ...], activate: bool, beside: tuple[str, ...], dry_run: bool) -> Answer:
    """Install a package from a folder, a wheel or an entry point.

    SOURCE is a project folder, a .whl file, or entry-point:NAME for a distribution of this environment. What
    it depends on is in the home already, or comes --with it. Its code runs to see what it contributes, in a
    dry run, too. Several are installed at once, or none of them.
    """
    settings = current()
    with opened_runtime(may_make=True) as runtime:
        with settings.working(f"installing {', '.join(sources)}"):
            done = runtime.install_all(
                sources, context=settings.context, activate=activate, beside=beside, dry_run=dry_run
            )
        if dry_run:
            return decided(*done)
        installed = [one.version for one in done if one.version is not None]  # each is about one
        lines = [line for one in done for line in _installed(runtime, one, activate)]
    data = [version.wire() for version in installed]
    return Answer(data[0] if len(data) == 1 else data, lines)


@command("list")
@click.option("--available", is_flag=True, help="What this environment holds and `install` can take.")
def list_packages(available: bool) -> Answer:
    """List the packages of a context."""
    context = current().context
    if available:
        with runtime_to_look() as runtime:
            return _available(runtime)
    with opened_runtime() as runtime:
        packages = runtime.packages(context=context)
        found = [(package, runtime.resolve(package.package_id, context=context)) for package in packages]
    data = [{**package.wire(), **_resolved(resolution)} for package, resolution in found]
    rows = [
        (package.name, _active(resolution), _tag(resolution), _state(package), package.description)
        for package, resolution in found
    ]
    headers = ("name", "active", "tag", "state", "description")
    return Answer(data, [Table(headers, rows, empty=f"no packages in {context}")])


@command("show")
@click.argument("what", shell_complete=completion.packages_and_versions, metavar="NAME[@VERSION]")
@click.option("--resolved", is_flag=True, help="Only what whoever uses it gets: components and assets.")
@click.option("--dependencies", is_flag=True, help="With --resolved: of all that it depends on, too.")
def show(what: str, resolved: bool, dependencies: bool) -> Answer:
    """Show what a package contributes, and why this version is active.

    NAME alone is its active version.
    """
    context = current().context
    name, at, named = what.partition("@")
    version = named if at else None
    if dependencies and not resolved:
        raise click.UsageError("--dependencies goes with --resolved")
    with opened_runtime() as runtime:
        if resolved:
            return _resolved_answer(
                runtime.resolved(name, version, include_dependencies=dependencies, context=context)
            )
        resolution = runtime.resolve(name, context=context)
        package = next(one for one in runtime.packages(context=context) if name in (one.name, one.package_id))
        shown = resolution.version is not None or version is not None
        manifest = runtime.manifest(name, context=context, version=version) if shown else None
    data = {
        "package": package.wire(),
        **_resolved(resolution),
        "manifest": None if manifest is None else manifest.wire(),
    }
    head = [
        f"{package.name} {_active(resolution) if manifest is None else manifest.version}",
        package.description,
        "",
        f"id        {package.package_id}",
        f"context   {context} ({_state(package)})",
        f"active    {_active(resolution)}: {resolution.reason}",
    ]
    return Answer(data, [*head, *([] if manifest is None else contributions(manifest))])


@command("uninstall")
@click.argument("names", shell_complete=completion.packages, metavar="NAME...", nargs=-1, required=True)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@dry_run_option
def uninstall(names: tuple[str, ...], yes: bool, dry_run: bool) -> Answer:
    """Remove a package from a context.

    The rows of its tables stay. Several go at once, or none of them. Where nobody can be asked, as in a
    script, or with --json or --no-input, --yes is needed.
    """
    settings = current()
    with opened_runtime() as runtime:
        if dry_run:
            return decided(*runtime.uninstall_all(names, context=settings.context, dry_run=True))
        if not yes:
            runtime.uninstall_all(
                names, context=settings.context, dry_run=True
            )  # else there is nothing to ask
            _ask(f"Remove {', '.join(names)} from {settings.context}?")
        done = runtime.uninstall_all(names, context=settings.context)
    return decided(*done)._replace(parts=[f"removed {name} from {settings.context}" for name in names])


def _ask(question: str) -> None:
    """Raises `InvalidSetting` where nobody can be asked, with the line that needs no answer."""
    if not current().may_ask:
        raise errors.InvalidSetting(
            f"{question} Nobody can be asked here, so nothing is removed",
            hint=suggestions.with_option(run().words, "--yes"),
        )
    click.confirm(question, abort=True, err=True)


def _installed(runtime: Runtime, decision: Decision, activate: bool) -> list[str]:
    version = decision.version
    assert version is not None  # an installation is about one
    context, what = version.context_id, f"{version.name} {version.version}"
    was_off = any(one.what == "disabled" for one in decision.effects)
    on_again = [f"{version.name} was off in {context}, and is on again"] if was_off else []
    if version.device_id is None:
        found = f"{what} is {version.version_tag} in {context} already, so nothing new is installed"
        why = runtime.resolve(version.package_id, context=context).reason
        return [found, *on_again, *([f"active here: {why}"] if activate else [])]
    done = "installed and activated" if activate else "installed"
    return [f"{done} {what} in {context}", *on_again]


def contributions(manifest: Manifest) -> list[str | Table]:
    """What a version is made of and contributes, for a person."""
    definition = manifest.definition
    routes = [
        (
            route.path or route.pattern or NONE,
            route.ui_category,
            str(route.priority),
            _if(route.has_is_match),
        )
        for route in definition.routes
    ]
    uis = [(ui.name, ui.peers_ui_id, ui.target, ui.reference or NONE) for ui in definition.uis]
    tools = [(tool.name, tool.tool_id, tool.usage_description) for tool in definition.tools]
    tables = [
        (table.name, table.table_id, str(table.version), table.primary_key) for table in definition.tables
    ]
    variables = [
        (one.name, one.variable_id, one.scope, _if(one.secret), one.description)
        for one in definition.variables
    ]
    workflows = [
        (one.name, one.workflow_id, str(len(one.steps)), one.usage_description)
        for one in definition.workflows
    ]
    assistants = [(one.name, one.assistant_id, one.instructions) for one in definition.assistants]
    hooks = [(hook.project_name, hook.hook, hook.reference) for hook in definition.hooks]
    private = [(one.name, one.version, ", ".join(one.imports)) for one in manifest.private]
    packages = [(one.name, one.version, one.project_id, one.digest) for one in manifest.dependencies]
    sections = (
        ("Routes", ("path", "category", "priority", "is_match"), routes),
        ("UIs", ("name", "id", "target", "code"), uis),
        ("Tools", ("name", "id", "usage"), tools),
        ("Tables", ("name", "id", "version", "primary key"), tables),
        ("Variables", ("name", "id", "scope", "secret", "description"), variables),
        ("Workflows", ("name", "id", "steps", "usage"), workflows),
        ("Assistants", ("name", "id", "instructions"), assistants),
        ("Hooks", ("project", "hook", "code"), hooks),
        ("Depends on", ("package", "version", "id", "snapshot"), packages),
        ("Private distributions", ("name", "version", "imports"), private),
    )
    parts: list[str | Table] = [
        f"snapshot  {manifest.id}",
        f"files     {len(manifest.files)}, {sum(file.size for file in manifest.files)} bytes",
    ]
    for title, headers, rows in sections:
        if rows:
            parts += ["", title, Table(headers, rows)]
    return parts


def _resolved_answer(found: Resolved) -> Answer:
    parts: list[str | Table] = [f"version {found.version}, snapshot {found.id}", *contents(found)]
    if found.dependencies is not None:
        rows = [(name, one.id) for name, one in found.dependencies.items()]
        parts += ["", "Dependencies", Table(("package", "snapshot"), rows, empty="none")]
    return Answer(found.wire(), parts)


def _available(runtime: Runtime) -> Answer:
    found = runtime.available()
    data = [
        {
            "name": one.name,
            "version": one.version,
            "distribution": one.distribution,
            "source": f"entry-point:{one.name}",
        }
        for one in found
    ]
    rows = [
        (one.name, one.version, one.distribution, run().complete(f"peers install entry-point:{one.name}"))
        for one in found
    ]
    headers = ("name", "version", "distribution", "to install it")
    return Answer(data, [Table(headers, rows, empty="no distribution of this environment holds a package")])


def _resolved(resolution: Resolution) -> dict[str, Any]:
    version = resolution.version
    return {"active": None if version is None else version.wire(), "reason": resolution.reason}


def _active(resolution: Resolution) -> str:
    return NONE if resolution.version is None else resolution.version.version


def _tag(resolution: Resolution) -> str:
    return NONE if resolution.version is None else str(resolution.version.version_tag)


def _state(package: Package) -> str:
    return "off" if package.disabled else "on"


def _if(flag: bool) -> str:
    return "yes" if flag else ""
