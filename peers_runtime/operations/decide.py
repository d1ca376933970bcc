"""An act on a package from its plan to its decision: carried out, or only told."""

from __future__ import annotations

from collections.abc import Callable
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
    manifest: Manifest | None = None,
) -> Decision:
    """What the plan changes, with its reason; with `dry_run` nothing is written, prepared or loaded.

    `store` and `manifest`: see `plan.carry_out`.
    """
    if dry_run:
        with services.catalog.read() as reader:
            made = plan.planned(services, reader, make)
    else:
        made = plan.carry_out(services, make, store, manifest)
    package = made.package
    return Decision(
        context_id=package.context_id,
        name=package.name,
        actor=made.actor,
        reason=made.reason,
        effects=effects.of(made.before, made.after, services.device, made.frozen, made.others),
        version=next((one for one in made.after.versions if one.package_version_id == made.about), None),
        applied=not dry_run,
    )
