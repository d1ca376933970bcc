"""What a shell is offered for a word: names of the home, folders and files.

A shell that asks waits, and has no place for an error: what cannot be looked up is not offered, and no home
is made.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stderr
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from peers_runtime import Runtime

    Completing = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def packages_and_versions(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """For `NAME VERSION` and `NAME@VERSION`: a package's name, and after one its versions."""
    name, at, _ = incomplete.partition("@")
    before: Sequence[str] = ctx.params.get("versions") or ()
    if at:
        return _in_context(lambda runtime, context: _versions(runtime, context, name, f"{name}@"))(
            ctx, parameter, incomplete
        )
    if len(before) == 1 and "@" not in before[0]:
        return _in_context(lambda runtime, context: _versions(runtime, context, before[0]))(
            ctx, parameter, incomplete
        )
    return packages(ctx, parameter, incomplete)


def versions(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Those of the package that the word before names."""
    name = str(ctx.params.get("name"))
    return _in_context(lambda runtime, context: _versions(runtime, context, name))(ctx, parameter, incomplete)


def codes(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001  # as click calls it
    from peers_runtime.operations import explain

    return _beginning(incomplete.upper(), explain.explanations())


def folders(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001  # see above
    return _item(incomplete, "dir")


def files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001  # see above
    return _item(incomplete, "file")


def _in_context(names: Callable[[Runtime, str], Iterable[str]]) -> Completing:
    """Completes what `names` finds in the home and context of the command line."""

    def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001  # see above
        from peers_runtime.cli import settings

        try:
            with ctx.scope(cleanup=False), redirect_stderr(io.StringIO()):
                chosen = settings.current()
                if not chosen.home.exists():
                    return []
                with settings.opened_runtime() as runtime:
                    return _beginning(incomplete, names(runtime, chosen.context))
        except Exception:  # noqa: BLE001  # see the module's docstring
            return []

    return complete


def _versions(runtime: Runtime, context: str, name: str, before: str = "") -> list[str]:
    return [f"{before}{one.version}" for one in runtime.versions(name, context=context)]


def _beginning(incomplete: str, names: Iterable[str]) -> list[CompletionItem]:
    return [one for name in names if name.startswith(incomplete) for one in _item(name, "plain")]


def _item(value: str, kind: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem  # not needed but when a shell asks

    return [CompletionItem(value, type=kind)]


packages = _in_context(lambda runtime, context: [one.name for one in runtime.packages(context=context)])
contexts = _in_context(lambda runtime, _: [one.context_id for one in runtime.contexts.list()])
tools = _in_context(lambda runtime, context: [one.name for one in runtime.context(context).tools.list()])
variables = _in_context(
    lambda runtime, context: [one.name for one in runtime.context(context).variables.list()]
)
workflows = _in_context(
    lambda runtime, context: [one.name for one in runtime.context(context).workflows.list()]
)
assistants = _in_context(
    lambda runtime, context: [one.name for one in runtime.context(context).assistants.list()]
)
tables = _in_context(
    lambda runtime, context: [one.data.name for one in runtime.context(context).tables.values()]
)
