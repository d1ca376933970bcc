"""Commands that are imported when they are asked for, and the options that all of them share.

A global option is taken before and after the command's name; the one nearest to the end wins.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from peers_runtime.cli import answers, arguments, completion, settings
from peers_runtime.cli.answers import Answer

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Command(click.Command):
    """A command whose function returns an `Answer`; it takes the global options too."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.params += global_options()

    def invoke(self, ctx: click.Context) -> None:
        answer = super().invoke(ctx)
        if isinstance(answer, Answer):
            _give(ctx, answer)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_options(self, ctx, formatter)


class Group(click.Group):
    """Commands under one name. Without a command it runs its own function, when it has one."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.params += global_options()

    def invoke(self, ctx: click.Context) -> Any:
        answer = super().invoke(ctx)
        if isinstance(answer, Answer):
            _give(ctx, answer)
        return None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)


class LazyGroup(Group):
    """A group that knows its commands' names, places and one-line helps before it imports any of them.

    `lazy_commands` maps a name to (`"module:attribute"`, its line in the help).
    """

    def __init__(self, *arguments: Any, lazy_commands: Mapping[str, tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.lazy_commands = lazy_commands

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click calls it
        return list(self.lazy_commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # see above
        if cmd_name not in self.lazy_commands:
            return None
        module, attribute = self.lazy_commands[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.lazy_commands and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=self.lazy_commands, ctx=ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The same as click's, without importing every command for its line."""
        from click.shell_completion import CompletionItem  # not needed but when a shell asks

        found = [
            CompletionItem(name, help=line)
            for name, (_, line) in self.lazy_commands.items()
            if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # see above
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.lazy_commands.items()])


def command(name: str) -> Callable[[Callable[..., Answer | None]], click.Command]:
    """A command; its function's docstring is its help."""
    return click.command(name, cls=Command)


def group(name: str) -> Callable[[Callable[..., Answer | None]], Group]:
    """A group of commands that answers by itself when none of them is named."""
    return click.group(name, cls=Group, invoke_without_command=True)


def global_options() -> list[click.Parameter]:
    """Fresh copies of the options that every command takes."""
    return [click.Option(list(names), **{**_SHARED, **more}) for names, more in _GLOBAL_OPTIONS]


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    assert parameter.name is not None
    run = ctx.find_object(settings.Run)
    if run is None:
        return
    given, source = run.given, ctx.get_parameter_source(parameter.name)
    if source is ParameterSource.COMMANDLINE:
        if value == "" and parameter.name in _NEVER_EMPTY:
            raise click.BadParameter("it is empty: leave the option out, or say which", ctx, parameter)
        counted = isinstance(value, int) and not isinstance(value, bool)
        given[parameter.name] = value + given.get(parameter.name, 0) if counted else value
        run.typed.add(parameter.name)
    elif source is ParameterSource.ENVIRONMENT:
        if isinstance(value, str):
            arguments.check_text(value)
        given.setdefault(parameter.name, value)


def _give(ctx: click.Context, answer: Answer) -> None:
    if settings.current().json:
        answers.write_document(ctx.command_path.partition(" ")[2], answer.data)
    else:
        answers.write(answer.parts)
    ctx.exit(answer.exit_code)


def _format_options(owner: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    shared: list[tuple[str, str]] = []
    own: list[tuple[str, str]] = []
    for parameter in owner.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None and isinstance(parameter, click.Option):
            (shared if parameter.callback is _remember else own).append(record)
    for title, records in (("Options", own), ("Global options, before or after the command", shared)):
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


_NEVER_EMPTY: Final = ("home", "context", "actor")
_SHARED: Final[dict[str, Any]] = {"expose_value": False, "is_eager": True, "callback": _remember}
_GLOBAL_OPTIONS: Final[tuple[tuple[tuple[str, ...], dict[str, Any]], ...]] = (
    (
        ("--home",),
        {
            "metavar": "FOLDER",
            "envvar": "PEERS_HOME",
            "shell_complete": completion.folders,
            "help": "Where everything is kept (PEERS_HOME; ~/.peers).",
        },
    ),
    (
        ("--catalog",),
        {
            "metavar": "FILE|URL",
            "envvar": "PEERS_CATALOG",
            "shell_complete": completion.files,
            "help": "A catalog that homes share (PEERS_CATALOG; the home's own).",
        },
    ),
    (
        ("--blobs",),
        {
            "metavar": "FOLDER",
            "envvar": "PEERS_BLOBS",
            "shell_complete": completion.folders,
            "help": "Where homes share files of packages (PEERS_BLOBS; nowhere).",
        },
    ),
    (
        ("--data",),
        {
            "metavar": "URL",
            "envvar": "PEERS_DATA",
            "help": "A database that keeps the rows of tables (PEERS_DATA; files of the home).",
        },
    ),
    (
        ("--secrets-key",),
        {
            "metavar": "FILE",
            "envvar": "PEERS_SECRETS_KEY",
            "shell_complete": completion.files,
            "help": "The key of secrets in a shared catalog (PEERS_SECRETS_KEY; none).",
        },
    ),
    (
        ("--context", "-c"),
        {
            "metavar": "ID",
            "envvar": "PEERS_CONTEXT",
            "shell_complete": completion.contexts,
            "help": "The data context (PEERS_CONTEXT; personal).",
        },
    ),
    (("--device",), {"metavar": "ID", "help": "This device's name, when the home is made (a new id)."}),
    (("--actor",), {"metavar": "ID", "help": "Act as this person (the operating system's user)."}),
    (("--json",), {"is_flag": True, "help": "Print one JSON document."}),
    (("--quiet", "-q"), {"count": True, "help": "Say less."}),
    (("--verbose", "-v"), {"count": True, "help": "Say more."}),
    (("--no-input",), {"is_flag": True, "help": "Never ask."}),
)
