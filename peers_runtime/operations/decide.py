"""An act on packages from its plans to its decisions: carried out, or only told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from peers_runtime.model.decision import Decision
from peers_runtime.operations import effects, plan
from peers_runtime.operations.plan import Plan

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader, Writer
    from peers_runtime.model.manifest import Manifest
    from peers_runtime.operations.services import Services


def carry_out(
    services: Services,
    make: Callable[[Reader], Plan],
    *,
    dry_run: bool,
    store: Callable[[Writer], object] = lambda _: None,
    manifests: Sequence[Manifest] = (),
) -> Decision:
    """`carry_out_all` of one plan."""
    (decision,) = carry_out_all(services, [make], dry_run=dry_run, store=store, manifests=manifests)
    return decision


def carry_out_all(
    services: Services,
    makes: Sequence[Callable[[Reader], Plan]],
    *,
    dry_run: bool,
    store: Callable[[Writer], object] = lambda _: None,
    manifests: Sequence[Manifest] = (),
) -> Sequence[Decision]:
    """What the plans change, with their reasons; with `dry_run` nothing is written, prepared or loaded.

    A dry run raises what the act would, but for what shows only when a version is loaded. `store` and
    `manifests`: see `plan.carry_out`.
    """
    if dry_run:
        with services.catalog.read() as reader:
            plans = plan.planned(services, reader, makes)
            seen = reader.sequence()
        plans = plan.foresee(services, plans, seen, manifests)
    else:
        plans = plan.carry_out(services, makes, store, manifests)
    return [_decision(services, made, is_applied=not dry_run) for made in plans]


def _decision(services: Services, made: Plan, *, is_applied: bool) -> Decision:
    package = made.package
    return Decision(
        context_id=package.context_id,
        name=package.name,
        actor=made.actor,
        reason=made.reason,
        effects=effects.of(made.before, made.after, services.device, made.frozen, made.others, made.moved),
        version=next((one for one in made.after.versions if one.package_version_id == made.about), None),
        applied=is_applied,
    )
