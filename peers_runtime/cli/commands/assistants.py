"""`peers assistants`: who of the active packages answers a text."""

from __future__ import annotations

import json
from typing import Any

import click

from peers_runtime.cli import answers, completion
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.arguments import JSONObject
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.settings import current, opened_runtime


@group("assistants")
def assistants() -> Answer | None:
    """List assistants, and ask one."""
    return _listed() if click.get_current_context().invoked_subcommand is None else None


@command("list")
def list_assistants() -> Answer:
    """List the assistants that are active in a context."""
    return _listed()


@command("ask")
@click.argument("name", shell_complete=completion.assistants)
@click.argument("text")
@click.argument("given", type=JSONObject(), default="{}", metavar="[JSON]")
def ask(name: str, text: str, given: dict[str, Any]) -> Answer:
    """Ask an assistant a text, with a JSON object as context."""
    with opened_runtime() as runtime:
        answer = runtime.context(current().context).assistants[name].ask(text, **given)
        dumped = answer.model_dump(mode="json", by_alias=True) if hasattr(answer, "model_dump") else answer
        data = answers.plain(dumped)
    said = data.get("text") if isinstance(data, dict) else None
    return Answer(data, [said or json.dumps(data, indent=2, ensure_ascii=False)])


assistants.add_command(list_assistants)
assistants.add_command(ask)


def _listed() -> Answer:
    context = current().context
    with opened_runtime() as runtime:
        known = runtime.context(context).assistants.list()
    rows = [
        (one.name, f"{one.package} {one.version}", ", ".join(tool.name or "" for tool in one.tools))
        for one in known
    ]
    data = [{**one.wire(), "package": one.package, "version": one.version} for one in known]
    return Answer(data, [Table(("name", "package", "tools"), rows, empty=f"no assistants in {context}")])
