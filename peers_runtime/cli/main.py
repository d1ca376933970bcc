"""The entry point `peers`: every answer and every error leaves through it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

import click

from peers_runtime.base import errors
from peers_runtime.cli import answers, failures
from peers_runtime.cli.command_line import LazyGroup
from peers_runtime.cli.settings import Run

_COMMANDS: Final = "peers_runtime.cli.commands"


@click.command(
    "peers",
    cls=LazyGroup,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    lazy_commands={
        "demo": (f"{_COMMANDS}.demonstration:demo", "Show two versions of one package side by side."),
        "contexts": (f"{_COMMANDS}.contexts:contexts", "List the data contexts, or create one."),
        "install": (
            f"{_COMMANDS}.packages:install",
            "Install a package from a folder, a wheel or an entry point.",
        ),
        "list": (f"{_COMMANDS}.packages:list_packages", "List the packages of a context."),
        "show": (
            f"{_COMMANDS}.packages:show",
            "Show what a package contributes, and why this version is active.",
        ),
        "versions": (f"{_COMMANDS}.packages:versions", "List the versions of a package in a context."),
        "activate": (f"{_COMMANDS}.packages:activate", "Make a version the active one."),
        "disable": (f"{_COMMANDS}.packages:disable", "Switch a package off and keep it installed."),
        "uninstall": (f"{_COMMANDS}.packages:uninstall", "Remove a package from a context."),
        "routes": (
            f"{_COMMANDS}.routes:routes",
            "List routes, match a path, or explain why each route lost.",
        ),
        "tools": (f"{_COMMANDS}.tools:tools", "List, show and run tools."),
        "doctor": (f"{_COMMANDS}.inspection:doctor", "List what went wrong and is not mended yet."),
        "explain": (f"{_COMMANDS}.inspection:explain", "Explain an error code."),
        "id": (f"{_COMMANDS}.inspection:make_id", "Print a new permanent id."),
    },
)
@click.version_option(package_name="peers-runtime", message="%(version)s")
def peers() -> None:
    """A plugin runtime for Python: two versions of one package in one process, each context sees its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code; `arguments` default to the process's own."""
    run = Run(sys.argv[1:] if arguments is None else arguments)
    try:
        code = peers.main(list(run.words), prog_name="peers", standalone_mode=False, obj=run)
    except click.exceptions.NoArgsIsHelpError as shown:
        click.echo(shown.format_message(), err=True)
        return failures.USAGE
    except click.ClickException as error:
        return _fail(failures.from_click(error, run.words), run)
    except errors.PeersError as error:
        return _fail(error, run)
    except click.Abort as stopped:  # by ^C, or by a no where we asked
        return failures.INTERRUPTED if isinstance(stopped.__cause__, KeyboardInterrupt) else failures.PROBLEMS
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the last flush is silent
        return failures.PROBLEMS
    return code if isinstance(code, int) else failures.OK


def _fail(error: errors.PeersError, run: Run) -> int:
    if (
        run.given.get("json") or "--json" in run.words
    ):  # the latter when the line could not be read to its end
        answers.write_error_document(failures.document(error))
    else:
        click.echo(failures.text(error), err=True)
    if run.given.get("verbose"):
        traceback.print_exception(error)
    return failures.exit_code(error)


if __name__ == "__main__":
    sys.exit(main())
