"""`peers tools`: what the active packages can do, by name."""

from __future__ import annotations

import json
from typing import Any

import click

from peers_runtime.cli import answers, completion
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.arguments import JSONObject
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.settings import current, opened_runtime

_TIMEOUT = "How long it may take. A tool that is not async stops when it next looks at ctx.cancelled."


@group("tools")
def tools() -> Answer | None:
    """List, show and run tools."""
    return _listed() if click.get_current_context().invoked_subcommand is None else None


@command("list")
def list_tools() -> Answer:
    """List the tools that are active in a context."""
    return _listed()


@command("show")
@click.argument("name", shell_complete=completion.tools)
def show(name: str) -> Answer:
    """Print a tool's input and output as JSON Schema. NAME is its name, package:name or its id."""
    with opened_runtime() as runtime:
        tool = runtime.context(current().context).tools[name].data
    said = {} if tool.hints is None else tool.hints.model_dump(exclude_none=True)
    hints = [("" if value else "not ") + name.replace("_", "-") for name, value in said.items()]
    lines = [tool.name, tool.usage_description, *([f"is said to be {', '.join(hints)}"] if hints else [])]
    lines += ["", "Input", _json(tool.input_schema)]
    if tool.output_schema is not None:
        lines += ["", "Output", _json(tool.output_schema)]
    return Answer(tool.wire(), lines)


@command("run")
@click.argument("name", shell_complete=completion.tools)
@click.argument("arguments", type=JSONObject(), default="{}", metavar="[JSON]")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help=_TIMEOUT)
def run(name: str, arguments: dict[str, Any], timeout: float | None) -> Answer:
    """Run a tool with a JSON object of arguments; `-` reads it from stdin."""
    settings = current()

    def progress(done: float, total: float | None, message: str) -> None:
        settings.progress(f"{done:g}{'' if total is None else f' of {total:g}'} {message}".rstrip())

    with opened_runtime() as runtime:
        tool = runtime.context(settings.context).tools[name]
        output = tool.invoke(arguments, progress=progress, timeout_s=timeout)
        data = answers.plain(_dumped(output))  # here, because it may call the package's code
    return Answer(data, [_json(data)])


tools.add_command(list_tools)
tools.add_command(show)
tools.add_command(run)


def _listed() -> Answer:
    context = current().context
    with opened_runtime() as runtime:
        known = runtime.context(context).tools.list()
    rows = [(one.name, f"{one.package} {one.version}", one.usage_description) for one in known]
    data = [{**one.wire(), "package": one.package, "version": one.version} for one in known]
    return Answer(data, [Table(("name", "package", "usage"), rows, empty=f"no tools in {context}")])


def _dumped(output: Any) -> Any:
    return output.model_dump(mode="json", by_alias=True) if hasattr(output, "model_dump") else output


def _json(data: Any) -> str:
    text = json.dumps(data, indent=2, ensure_ascii=False, default=str)
    return text.encode(errors="backslashreplace").decode()  # half a character's escape is JSON too
