"""`peers vars`: settings and secrets of the active packages."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from peers_runtime.base import errors
from peers_runtime.cli import completion
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.decisions import dry_run_option
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime.model.variables import VariableState

_SCOPES: Final = ("device", "user", "group", "group-device", "group-user")
_MASKED: Final = "********"


@group("vars")
def variables() -> Answer | None:
    """List, show, set and reset variables."""
    return _listed(None) if click.get_current_context().invoked_subcommand is None else None


@command("list")
@click.option("--scope", type=click.Choice(_SCOPES), help="Only those that are kept so.")
def list_variables(scope: str | None) -> Answer:
    """List the variables of a context as they are for who acts. Secrets are masked."""
    return _listed(scope)


@command("get")
@click.argument("name", shell_complete=completion.variables)
@click.option("--reveal", is_flag=True, help="Print a secret.")
def get(name: str, reveal: bool) -> Answer:
    """Print a variable's value. NAME is its name, package:name or its id."""
    with opened_runtime() as runtime:
        variable = runtime.context(current().context).variables[name]
        state = variable.state
        is_masked = state.secret and not reveal
        value = None if is_masked else variable.reveal()
    shown = _shown(state) if is_masked else value if isinstance(value, str) else _json(value)
    return Answer({**state.wire(), "value": value}, [shown])


@command("set")
@click.argument("name", shell_complete=completion.variables)
@click.argument("value")
@dry_run_option
def set_value(name: str, value: str, dry_run: bool) -> Answer:
    """Set a variable; `-` reads the value from stdin, where a secret has to come from.

    VALUE is a text, or JSON where the variable takes no text.
    """
    with opened_runtime() as runtime:
        variable = runtime.context(current().context).variables[name]
        if variable.data.secret and value != "-":
            raise errors.InvalidSetting(
                f"{name} is a secret, and others can see what stands on a command line",
                hint=f"give it on stdin: peers vars set {name} - < FILE",
                variable=name,
            )
        written = _stdin() if value == "-" else value
        variable.set(variable.parsed(written), dry_run=dry_run)
        state = variable.state
        shown = _MASKED if state.secret else _json(variable.parsed(written)) if dry_run else _shown(state)
    would = "would be" if dry_run else "is"
    return _changed(state, dry_run, f"{state.package}:{state.name} {would} {shown}")


@command("reset")
@click.argument("name", shell_complete=completion.variables)
@dry_run_option
def reset(name: str, dry_run: bool) -> Answer:
    """Keep no value of a variable, so that it has its default again."""
    with opened_runtime() as runtime:
        variable = runtime.context(current().context).variables[name]
        variable.reset(dry_run=dry_run)
        state = variable.state
    default = "not set" if state.default is None else _json(state.default)
    return _changed(
        state, dry_run, f"{state.package}:{state.name} {'would be' if dry_run else 'is'} {default}"
    )


@command("key")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
def make_key(file: str) -> Answer:
    """Make the key of the secrets in a catalog that homes share. Each device needs a copy of FILE.

    Name it with --secrets-key or PEERS_SECRETS_KEY. Who has it and the catalog can read every secret there.
    """
    from peers_runtime.operations import variables as operations

    operations.make_key(file)
    return Answer({"file": file}, [f"{file} has a new key: keep it to yourself, and give each device a copy"])


for one in (list_variables, get, set_value, reset, make_key):
    variables.add_command(one)


def _stdin() -> str:
    try:
        return sys.stdin.read().removesuffix("\n")
    except UnicodeDecodeError:
        pass  # outside of the handler: that error holds what was read
    raise errors.InvalidSetting("stdin is not UTF-8", hint="write the value in UTF-8")


def _listed(scope: str | None) -> Answer:
    context = current().context
    with opened_runtime() as runtime:
        found = [
            one for one in runtime.context(context).variables.list() if scope is None or one.scope == scope
        ]
    rows = [
        (one.name, f"{one.package} {one.version}", one.scope, _shown(one), one.description) for one in found
    ]
    headers = ("name", "package", "scope", "value", "description")
    data = [{**one.wire(), "value": one.value} for one in found]
    return Answer(data, [Table(headers, rows, empty=f"no variables in {context}")])


def _changed(state: VariableState, dry_run: bool, said: str) -> Answer:
    where = f"{said} ({state.scope})"
    lines = [where, "nothing was changed: this was a dry run"] if dry_run else [where]
    return Answer({**state.wire(), "value": state.value, "applied": not dry_run}, lines)


def _shown(state: VariableState) -> str:
    if state.is_set and (state.secret or state.value is None):
        return _MASKED if state.secret else "null"
    return "not set" if state.value is None else _json(state.value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
