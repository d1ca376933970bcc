"""`peers graph`: who needs whom in a context."""

from __future__ import annotations

import click

from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command
from peers_runtime.cli.settings import current, opened_runtime


@command("graph")
@click.option("--svg", is_flag=True, help="Print it as a picture: peers graph --svg > graph.svg")
def graph(svg: bool) -> Answer:
    """Show which active package needs which other one.

    A package needs those that it has locked, and those whose contracts it gets.
    """
    from peers_runtime.operations import drawing
    from peers_runtime.operations import graph as needs

    context = current().context
    with opened_runtime() as runtime:
        found = needs.graph(runtime.services, context)
    if svg:
        return Answer(found.wire(), [drawing.svg(found.packages, found.arrows, alone=True)])
    whole = {"depends": "the package itself"}
    rows = [(one.source, whole.get(one.kind, one.label), one.target) for one in found.arrows]
    needing = {name for one in found.arrows for name in (one.source, one.target)}
    alone = [name for name in found.packages if name not in needing]
    parts: list[str | Table] = []
    parts += [Table(("package", "needs", "from"), rows)] if rows else []
    parts += [f"alone: {', '.join(alone)}"] if alone else []
    return Answer(found.wire(), parts or [f"no packages in {context}"])
