"""`peers contracts`: what packages provide to each other in a context, and whom its consumers get."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.decisions import decided, dry_run_option
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peers_runtime import Contract


@group("contracts")
def contracts() -> Answer | None:
    """List and show contracts, draw who uses whom, and choose who provides one."""
    return _listed() if click.get_current_context().invoked_subcommand is None else None


@command("list")
def list_contracts() -> Answer:
    """List the contracts of a context with their providers and consumers."""
    return _listed()


@command("show")
@click.argument("contract", metavar="CONTRACT[@N]")
def show(contract: str) -> Answer:
    """Show who provides and consumes a contract, and its shape. CONTRACT is its name or its id."""
    context = current().context
    with opened_runtime() as runtime:
        found, shape = runtime.contracts.show(contract, context)
    lines = [
        f"{_name(found)} {found.version} ({'frozen' if found.is_frozen else 'dev'}, {found.contract_id})"
    ]
    lines += [
        f"  provided by {one.package}{'' if one.is_own else ', which fulfils it'}" for one in found.providers
    ]
    lines += [f"  not provided: {one.reason}" for one in found.unfit]
    lines += [
        f"  {one.package} gets it from {one.provider or 'nobody'}: {one.reason}" for one in found.consumers
    ]
    lines += ["", "no package of the context has shown its shape" if shape is None else _json(shape)]
    return Answer({**found.wire(), "shape": shape}, lines)


@command("graph")
@click.option("--dot", is_flag=True, help="Print it for Graphviz: peers contracts graph --dot | dot -Tsvg")
def graph(dot: bool) -> Answer:
    """Draw which package gets which contract from whom."""
    context = current().context
    with opened_runtime() as runtime:
        known = runtime.contracts.list(context)
    edges = [(consumer.package, one, consumer.provider) for one in known for consumer in one.consumers]
    data = [
        {"consumer": consumer, "contract": one.contract_id, "version": one.version, "provider": provider}
        for consumer, one, provider in edges
    ]
    if dot:
        return Answer(data, [*_dot(edges)])
    rows = [
        (consumer, f"{_name(one)} {one.version}", provider or "nobody") for consumer, one, provider in edges
    ]
    return Answer(
        data, [Table(("consumer", "contract", "provider"), rows, empty=f"no consumers in {context}")]
    )


@group("provider")
def provider() -> Answer | None:
    """Say which providers a context has chosen, or choose who provides a contract in it."""
    return _chosen_ones() if click.get_current_context().invoked_subcommand is None else None


@command("set")
@click.argument("contract", metavar="CONTRACT[@N]")
@click.argument("package", metavar="PACKAGE")
@dry_run_option
def set_provider(contract: str, package: str, dry_run: bool) -> Answer:
    """Let all consumers of a contract get it from one package."""
    return _chosen(contract, package, dry_run)


@command("clear")
@click.argument("contract", metavar="CONTRACT[@N]")
@dry_run_option
def clear_provider(contract: str, dry_run: bool) -> Answer:
    """Let the consumers of a contract get it from whom they prefer again."""
    return _chosen(contract, None, dry_run)


provider.add_command(set_provider)
provider.add_command(clear_provider)
contracts.add_command(list_contracts)
contracts.add_command(show)
contracts.add_command(graph)
contracts.add_command(provider)


def _chosen(contract: str, package: str | None, dry_run: bool) -> Answer:
    with opened_runtime() as runtime:
        return decided(runtime.contracts.set_provider(contract, package, current().context, dry_run=dry_run))


def _chosen_ones() -> Answer:
    context = current().context
    with opened_runtime() as runtime:
        known = [one for one in runtime.contracts.list(context) if one.chosen is not None]
        names = {one.package_id: one.name for one in runtime.packages(context=context)}
    chosen = [(one, names.get(one.chosen or "", one.chosen or "")) for one in known]
    data = [
        {"contract": one.contract_id, "version": one.version, "name": one.name, "provider": who}
        for one, who in chosen
    ]
    rows = [(_name(one), str(one.version), who) for one, who in chosen]
    heads = ("contract", "version", "chosen")
    return Answer(data, [Table(heads, rows, empty=f"no provider is chosen in {context}")])


def _listed() -> Answer:
    context = current().context
    with opened_runtime() as runtime:
        known = runtime.contracts.list(context)
    rows = [
        (
            _name(one),
            str(one.version),
            "frozen" if one.is_frozen else "dev",
            _together(each.package for each in one.providers),
            _together(each.package for each in one.consumers),
        )
        for one in known
    ]
    heads = ("contract", "version", "state", "provided by", "consumed by")
    return Answer([one.wire() for one in known], [Table(heads, rows, empty=f"no contracts in {context}")])


def _name(contract: Contract) -> str:
    return contract.name or contract.contract_id


def _together(names: Iterator[str]) -> str:
    return ", ".join(names) or "nobody"


def _dot(edges: list[tuple[str, Contract, str | None]]) -> Iterator[str]:
    yield "digraph contracts {"
    yield "  rankdir=LR"
    for consumer, contract, whom in edges:
        label = json.dumps(f"{_name(contract)} {contract.version}", ensure_ascii=False)
        yield f"  {json.dumps(consumer)} -> {json.dumps(whom or 'nobody')} [label={label}]"
    yield "}"


def _json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)
