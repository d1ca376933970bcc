"""What is live where: `promote`, `activate`, `rollback`, `follow`, `pin`, `unpin`, `yank`, `disable`.

And `publish-key`: whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from peers_runtime.cli import arguments, completion
from peers_runtime.cli.answers import Answer
from peers_runtime.cli.command_line import command
from peers_runtime.cli.decisions import decided, dry_run_option
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime import Decision, Runtime


_versions_argument = click.argument(
    "versions",
    shell_complete=completion.packages_and_versions,
    metavar=arguments.VERSIONS,
    nargs=-1,
    required=True,
)


@command("promote")
@_versions_argument
@click.option("--to", type=click.Choice(["beta", "stable"]), required=True, help="The tag it gets.")
@click.option("--digest", metavar="DIGEST", help="The snapshot that you saw; refused when it is another now.")
@dry_run_option
def promote(versions: tuple[str, ...], to: str, digest: str | None, dry_run: bool) -> Answer:
    """Promote a version to beta or stable.

    The version that this device runs becomes the active one of the context when the context follows the
    tag. Stable freezes the contracts of the version. Of several packages, all are promoted or none.
    """
    chosen = arguments.versions(versions)
    if digest is None:
        return _decided(
            lambda runtime, context: runtime.promote_all(chosen, to, context=context, dry_run=dry_run)
        )
    if len(chosen) > 1:
        raise click.UsageError("--digest is that of one version")
    ((name, version),) = chosen.items()
    return _decided(
        lambda runtime, context: [
            runtime.promote(name, version, to, context=context, digest=digest, dry_run=dry_run)
        ]
    )


@command("publish-key")
@click.argument("name", shell_complete=completion.packages)
@click.option("--rotate", is_flag=True, help="Go on with a new key, which the present one signs.")
@dry_run_option
def publish_key(name: str, rotate: bool, dry_run: bool) -> Answer:
    """Sign what this device promotes of a package as the package's author."""
    return _decided(
        lambda runtime, context: [runtime.publish_key(name, context=context, rotate=rotate, dry_run=dry_run)]
    )


@command("activate")
@_versions_argument
@click.option("--here", is_flag=True, help="On this device alone, which goes its own way from then on.")
@dry_run_option
def activate(versions: tuple[str, ...], here: bool, dry_run: bool) -> Answer:
    """Make a version the active one: a dev version on this device, another one in the context.

    It switches on what `peers disable` has switched off. Of several packages, such as those that consume
    each other's contracts, all at once or none.
    """
    chosen = arguments.versions(versions)
    return _decided(
        lambda runtime, context: runtime.activate_all(chosen, context=context, device=here, dry_run=dry_run)
    )


@command("rollback")
@click.argument("names", shell_complete=completion.packages, metavar="NAME...", nargs=-1, required=True)
@click.option("--to", metavar="VERSION", help="An older version than the one that was active before.")
@dry_run_option
def rollback(names: tuple[str, ...], to: str | None, dry_run: bool) -> Answer:
    """Return to the version that was active before.

    It stays until something newer than the version rolled back from arrives. Several packages go back at
    once, or none of them.
    """
    if to is None:
        return _decided(lambda runtime, context: runtime.rollback_all(names, context, dry_run=dry_run))
    if len(names) > 1:
        raise click.UsageError("--to is a version of one package; see peers activate for several")
    return _decided(
        lambda runtime, context: [
            runtime.rollback(name, context, to=to, dry_run=dry_run)
            for name in names  # the one
        ]
    )


@command("follow")
@click.argument("name", shell_complete=completion.packages)
@click.option("--tags", metavar="TAGS", help='"stable", "beta", "stable,beta" or "*"; with --here "dev" too.')
@click.option(
    "--range",
    "range_",
    type=click.Choice(["latest", "minor", "patch", "pinned"]),
    help="How far automatic upgrades may go.",
)
@click.option("--here", is_flag=True, help="This device alone, which goes its own way from then on.")
@click.option("--group", is_flag=True, help="Let this device do again what the context does.")
@dry_run_option
def follow(name: str, tags: str | None, range_: str | None, here: bool, group: bool, dry_run: bool) -> Answer:
    """Set which tags a context or this device follows, and how far."""
    if group and (tags or range_ or here):
        raise click.UsageError("--group stands alone: it takes this device's own settings away")
    if not (group or tags or range_ or here):
        raise click.UsageError("nothing to set: give --tags, --range, --here or --group")
    if group:
        return _decided(lambda runtime, context: [runtime.follow_group(name, context, dry_run=dry_run)])
    return _decided(
        lambda runtime, context: [
            runtime.follow(name, context=context, tags=tags, range=range_, device=here, dry_run=dry_run)
        ]
    )


@command("pin")
@click.argument("name", shell_complete=completion.packages)
@dry_run_option
def pin(name: str, dry_run: bool) -> Answer:
    """Let this device stay at the version that it runs."""
    return _decided(lambda runtime, context: [runtime.pin(name, context=context, dry_run=dry_run)])


@command("unpin")
@click.argument("name", shell_complete=completion.packages)
@dry_run_option
def unpin(name: str, dry_run: bool) -> Answer:
    """Take this device's pin away."""
    return _decided(lambda runtime, context: [runtime.unpin(name, context=context, dry_run=dry_run)])


@command("yank")
@click.argument("name", shell_complete=completion.packages)
@click.argument("version", shell_complete=completion.versions)
@dry_run_option
def yank(name: str, version: str, dry_run: bool) -> Answer:
    """Take a released version out of circulation.

    Nobody takes it any more, and whoever took it by following returns to the version before. Where it was
    activated it runs on. That cannot be taken back.
    """
    return _decided(lambda runtime, context: [runtime.yank(name, version, context, dry_run=dry_run)])


@command("disable")
@click.argument("names", shell_complete=completion.packages, metavar="NAME...", nargs=-1, required=True)
@dry_run_option
def disable(names: tuple[str, ...], dry_run: bool) -> Answer:
    """Switch a package off and keep it installed.

    `peers activate NAME VERSION` switches it on again; `peers versions NAME` lists the versions. Several are
    switched off at once, or none of them.
    """
    return _decided(lambda runtime, context: runtime.disable_all(names, context, dry_run=dry_run))


def _decided(act: Callable[[Runtime, str], Sequence[Decision]]) -> Answer:
    context = current().context
    with opened_runtime() as runtime, current().working(click.get_current_context().command_path):
        decisions = act(runtime, context)
    return decided(*decisions)
