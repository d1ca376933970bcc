"""The page of commands: what `--help` prints, command by command."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import click

from peers_runtime.cli import answers, main

WIDTH = 100  # columns of the help texts
INTRODUCTION = """\
# The command line

Data goes to stdout, progress and errors to stderr. `--json` prints one document with a `version`: with the
`command` and its `data`, or with an `error`. The schema stands at the end of this page. On a terminal, what
takes longer than a second has a bar until it is done; `-v` says it in a line, anywhere.

| exit code | meaning |
|---|---|
| 0 | ok |
| 1 | problems found |
| 2 | the command line is wrong, or what it names is not there: a context, package, version, path, … |
| 3 | refused by policy |
| 4 | conflict: somebody else owns that name, id or version |
"""


def page() -> str:
    helps = [
        f"## {context.command_path}\n\n```text\n{_help(context)}\n```\n"
        for context in _walk(main.peers, None)
    ]
    schema = json.dumps(answers.SCHEMA, indent=2)
    return "\n".join([INTRODUCTION, *helps, f"## What `--json` prints\n\n```json\n{schema}\n```\n"])


def _help(context: click.Context) -> str:
    """What `--help` prints; the options that every command takes are shown with `peers` only."""
    text = context.get_help().rstrip()
    return re.sub(r"\n\nGlobal options.*?(?=\n\n|\Z)", "", text, flags=re.DOTALL) if context.parent else text


def _walk(command: click.Command, parent: click.Context | None) -> Iterator[click.Context]:
    context = click.Context(
        command,
        info_name=command.name,
        parent=parent,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=main.peers.context_settings["help_option_names"],
    )
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (child := command.get_command(context, name)) is not None:
                yield from _walk(child, context)
