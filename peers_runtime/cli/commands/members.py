"""`peers members`: who is what in a group."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.decisions import dry_run_option
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime import Role
    from peers_runtime.host.contexts import Members
    from peers_runtime.model.catalog import Member

    Act = Callable[..., Member]

_ROLES = ("none", "reader", "writer", "admin", "owner")


@group("members")
def members() -> Answer | None:
    """List the members of a context, their roles and keys, or change them."""
    return _listed() if click.get_current_context().invoked_subcommand is None else None


@command("list")
def list_members() -> Answer:
    """List the members of a context, the highest role first."""
    return _listed()


@command("set")
@click.argument("member", metavar="NAME")
@click.argument("role", type=click.Choice(_ROLES, case_sensitive=False))
@dry_run_option
def set_role(member: str, role: str, dry_run: bool) -> Answer:
    """Give somebody a role in a context; `none` takes them out."""
    from peers_runtime import Role
    from peers_runtime.rules import membership

    context = current().context
    with opened_runtime() as runtime:
        made = runtime.members.set(context, member, Role[role.upper()], dry_run=dry_run)
        if not dry_run:
            return Answer(_data(made), [f"{member} is {_word(made.role)} in {context}"])
        known = runtime.members.list(context)
        former = next((one.role for one in known if one.actor_id == member), Role.NONE)
        reason = membership.judge(known, runtime.actor, member, made.role).reason
    told = f"{member} would be {_word(made.role)} in {context}, and is {_word(former)} now: {reason}"
    return Answer({**_data(made), "formerRole": _name(former), "reason": reason}, [told])


@command("key")
def show_key() -> Answer:
    """Show the public key that this device signs with for who acts; make one when there is none."""
    with opened_runtime(may_make=True) as runtime:
        key = runtime.public_key()
        return Answer({"actor": runtime.actor, "publicKey": key}, [key])


def _about_a_key(name: str, said: str, act: Callable[[Members], Act], /) -> click.Command:
    """A command that lets somebody sign with a key, or no longer; `said` is its help."""

    @click.argument("member", metavar="NAME")
    @click.argument("public_key", metavar="KEY")
    @dry_run_option
    def run(member: str, public_key: str, dry_run: bool) -> Answer:
        context = current().context
        with opened_runtime() as runtime:
            made = act(runtime.members)(context, member, public_key, dry_run=dry_run)
        count = len(made.public_keys)
        would = "would sign" if dry_run else "signs"
        return Answer(_data(made), [f"{member} {would} with {count} key{'s'[: count != 1]} in {context}"])

    run.__doc__ = said
    return command(name)(run)


allow_key = _about_a_key(
    "allow",
    "Let somebody sign with one more key, such as that of another device.",
    lambda members: members.allow_key,
)
revoke_key = _about_a_key(
    "revoke",
    "Let somebody sign with a key no longer; what was signed with it stands.",
    lambda members: members.revoke_key,
)

for one in (list_members, set_role, show_key, allow_key, revoke_key):
    members.add_command(one)


def _data(member: Member) -> dict[str, Any]:
    return {**member.wire(), "role": _name(member.role)}


def _name(role: Role) -> str:
    """As `set` takes it."""
    return role.name.lower()


def _word(role: Role) -> str:
    return _name(role) if role else "no member"


def _listed() -> Answer:
    context = current().context
    with opened_runtime() as runtime:
        known = runtime.members.list(context)
    rows = [(one.actor_id, _name(one.role), str(len(one.public_keys) or "")) for one in known]
    empty = f"{context} has no members"
    return Answer([_data(one) for one in known], [Table(("name", "role", "keys"), rows, empty=empty)])
