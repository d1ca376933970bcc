"""`peers routes`: which route takes a path, and why each other one lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.arguments import JSONObject
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime.rules.routes import Route


@group("routes")
def routes() -> Answer | None:
    """List routes, match a path, or explain why each route lost."""
    return _listed() if click.get_current_context().invoked_subcommand is None else None


@command("list")
def list_routes() -> Answer:
    """List the routes that are active in a context."""
    return _listed()


def _request(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """The options that say what is asked for."""
    for decorate in (
        click.argument("path"),
        click.option(
            "--props", type=JSONObject(), default="{}", metavar="JSON", help="Props, as a JSON object."
        ),
        click.option("--category", default="screen", show_default=True, metavar="NAME"),
        click.option("--subcategory", metavar="NAME"),
        click.option("--edit-mode", type=click.Choice(["view", "edit", "create"])),
    ):
        function = decorate(function)
    return function


@command("match")
@_request
def match(path: str, props: dict[str, Any], **filters: str | None) -> Answer:
    """Print the route that takes a path."""
    with opened_runtime() as runtime:
        found = runtime.context(current().context).routes.match(path, props=props, **filters)
    data = {
        "peersUIId": found.peers_ui_id,
        "package": found.package,
        "version": found.version,
        "props": dict(found.props),
        "parameters": dict(found.parameters),
        "reason": found.reason,
    }
    lines = [
        f"{found.package} {found.version} shows {found.peers_ui_id}",
        f"because {found.reason}",
        *(f"with {name} = {value!r}" for name, value in found.props.items()),
    ]
    return Answer(data, lines)


@command("explain")
@_request
def explain(path: str, props: dict[str, Any], **filters: str | None) -> Answer:
    """Print every route with why it was chosen or why it lost."""
    with opened_runtime() as runtime:
        considered = runtime.context(current().context).routes.explain(path, props=props, **filters)
    data = [{**_data(one.route), "chosen": one.chosen, "reason": one.reason} for one in considered]
    rows = [
        ("yes" if one.chosen else "", one.route.package.label, one.route.shown, one.reason)
        for one in considered
    ]
    table = Table(("chosen", "package", "route", "because"), rows, empty=f"no routes in {current().context}")
    return Answer(data, [table])


routes.add_command(list_routes)
routes.add_command(match)
routes.add_command(explain)


def _listed() -> Answer:
    context = current().context
    with opened_runtime() as runtime:
        known = list(runtime.context(context).routes.list())
    rows = [
        (
            route.shown,
            route.package.label,
            route.ui_category,
            str(route.priority),
            "yes" if route.has_is_match else "",
            route.peers_ui_id,
        )
        for route in known
    ]
    headers = ("path", "package", "category", "priority", "is_match", "ui")
    return Answer([_data(route) for route in known], [Table(headers, rows, empty=f"no routes in {context}")])


def _data(route: Route) -> dict[str, Any]:
    return {
        "peersUIId": route.peers_ui_id,
        "package": route.package.name,
        "version": route.package.version,
        "path": route.path,
        "pattern": route.pattern,
        "uiCategory": route.ui_category,
        "uiSubcategory": route.ui_subcategory,
        "uiEditMode": route.ui_edit_mode,
        "priority": route.priority,
        "hasIsMatch": bool(route.has_is_match),
    }
