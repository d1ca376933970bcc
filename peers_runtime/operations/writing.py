"""The rows of a plan, in the transaction that records it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import DevShape
from peers_runtime.operations import runs
from peers_runtime.rules import contracts

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Writer
    from peers_runtime.model.catalog import PackageVersion
    from peers_runtime.operations.facts import Facts
    from peers_runtime.operations.plan import Plan
    from peers_runtime.operations.services import Services


def write(writer: Writer, services: Services, plan: Plan) -> None:
    """What differs between its two states, and what became active by it."""
    after = plan.after
    if plan.binding is not None:
        writer.put_membership(plan.binding)
    if plan.removal is not None:
        writer.put_removal(plan.removal)
    if after.package is None:
        runs.refuse_unfinished(writer, plan.context_id, plan.package_id)  # that began meanwhile
        writer.remove_package(plan.context_id, plan.package_id)
        return
    if after.package != plan.before.package:
        writer.put_package(after.package)
    for version in after.versions:
        if version not in plan.before.versions:
            writer.put_version(version)
    for shape in plan.frozen:
        writer.put_frozen_shape(shape)
    _keep_seen(writer, services, plan)
    if after.prefs is not None and after.prefs != plan.before.prefs:
        writer.put_prefs(services.device, after.prefs)
    _note(writer, services, plan)


def _keep_seen(writer: Writer, services: Services, plan: Plan) -> None:
    """What the contracts of the version that is active now look like, as long as they are not frozen."""
    live = plan.after.live(services.device)
    if live is None:
        return
    definition = services.snapshots.manifest(live.snapshot_digest).definition
    frozen = {(one.contract_id, one.version) for one in writer.frozen_shapes(plan.context_id)}
    for contract in definition.contracts:
        if (contract.contract_id, contract.version) in frozen:
            continue
        try:
            shape = contracts.shape(definition, contract)
        except errors.ContractNotFreezable:
            continue  # there is none to be judged by
        writer.put_dev_shape(
            DevShape(
                context_id=plan.context_id,
                contract_id=contract.contract_id,
                version=contract.version,
                shape=shape,
                digest=contracts.shape_digest(shape),
                package_id=plan.package_id,
                at=services.timestamp(),
            )
        )


def _note(writer: Writer, services: Services, plan: Plan) -> None:
    """What became active, into the log: for the context, else for this device."""
    at, package = services.timestamp(), plan.after.package
    former = plan.before.package and plan.before.package.active_version_id
    if package is not None and package.active_version_id != former:
        writer.put_activation(
            plan.context_id, plan.package_id, package.active_version_id, plan.actor, at, None
        )
        return
    chosen, before = plan.after.live(services.device), plan.before.live(services.device)
    became: list[str | None] = []
    if before is not None and _goes_own_way(plan.after) and not _goes_own_way(plan.before):
        became.append(_row(before))  # it can roll back to what only the context's log has
    # a dev version that points at another snapshot is still the one that was chosen
    if _row(chosen) != _row(before):
        became.append(_row(chosen))
    for version_id in became:
        writer.put_activation(plan.context_id, plan.package_id, version_id, plan.actor, at, services.device)


def _goes_own_way(facts: Facts) -> bool:
    return facts.prefs is not None and facts.prefs.override


def _row(version: PackageVersion | None) -> str | None:
    return version.package_version_id if version is not None else None
