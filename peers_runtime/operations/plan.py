"""What an act would change in one context, and making it so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.catalog.index import route_rows
from peers_runtime.model.active import ActivePackage
from peers_runtime.model.catalog import DevShape
from peers_runtime.model.manifest import Manifest
from peers_runtime.operations import needed, runs, signing
from peers_runtime.operations.facts import Facts, facts
from peers_runtime.projects import environment
from peers_runtime.rules import contracts

if TYPE_CHECKING:
    from peers_runtime.activation.prepared import Prepared
    from peers_runtime.catalog.store import Reader, Writer
    from peers_runtime.model.catalog import FrozenShape, Membership, Package, PackageVersion, Removal
    from peers_runtime.operations.services import Services

# How often a plan is made when other processes change the same context meanwhile. Each time one of them has
# come through, so that this many can begin at once.
_ATTEMPTS = 64


@dataclass(frozen=True)
class Plan:
    """Rows to write for one package in one context, and why.

    `before` has no package when it is to be installed, `after` has none when it is to be removed, which
    `removal` says when it was signed. `about` is the version that the act is about, by row; `frozen` are the
    shapes that it freezes; `others` are devices whose build it releases, with that build; `binding` is the
    actor's first key there.
    """

    actor: str
    before: Facts
    after: Facts
    reason: str
    about: str | None = None
    frozen: Sequence[FrozenShape] = ()
    others: Sequence[tuple[str, PackageVersion]] = ()
    binding: Membership | None = None
    removal: Removal | None = None

    @property
    def package(self) -> Package:
        package = self.after.package or self.before.package
        assert package is not None  # no act begins and ends with nothing
        return package

    @property
    def context_id(self) -> str:
        return self.package.context_id

    @property
    def package_id(self) -> str:
        return self.package.package_id

    @property
    def changes(self) -> bool:
        return self.before != self.after


def live(manifest: Manifest, origin: str | None) -> ActivePackage:
    """A snapshot as the engine wants it; `origin` is the author's folder of a dev version."""
    return ActivePackage(
        manifest.name,
        manifest.package_id,
        manifest.version,
        manifest.id,
        route_rows(manifest.definition.routes),
        [nav.wire() for nav in manifest.definition.app_navs],
        origin,
    )


def catch_up(services: Services, sequence: int) -> None:
    """Be where the catalog is as of its change `sequence`: other processes write it, too."""
    if services.engine.state.sequence != sequence:
        services.engine.adopt(services.catalog.state(services.device))


def planned(services: Services, reader: Reader, make: Callable[[Reader], Plan]) -> Plan:
    """The plan, unless it builds on a record that was changed, or would freeze a contract in another shape.

    Raises `SignatureInvalid`, `KeyMismatch` or `ContractFrozen`.
    """
    made = make(reader)
    signing.refuse_changed(made.before, made.after)
    signing.refuse_other_key(services, made.before, made.after, made.actor)
    if made.frozen:
        kept = {(one.contract_id, one.version): one for one in reader.frozen_shapes(made.context_id)}
        fresh = []
        for shape in made.frozen:
            found = kept.setdefault((shape.contract_id, shape.version), shape)
            if found is shape:
                fresh.append(shape)
            else:
                contracts.refuse_other(found, shape)
        made = replace(made, frozen=fresh)
    return made


def carry_out(
    services: Services,
    make: Callable[[Reader], Plan],
    store: Callable[[Writer], object] = lambda _: None,
    manifest: Manifest | None = None,
) -> Plan:
    """Make a plan, prepare what would be live, record it in one transaction, and switch.

    `store` writes what the rows refer to, in the same transaction. A failure at any step raises, and then
    the previous versions serve, nothing is written and nothing new is loaded.
    """
    return carry_out_all(services, [make], store, manifest)[0]


def carry_out_all(
    services: Services,
    makes: Sequence[Callable[[Reader], Plan]],
    store: Callable[[Writer], object] = lambda _: None,
    manifest: Manifest | None = None,
    began: str | None = None,
) -> Sequence[Plan]:
    """`carry_out` for plans in several contexts, each in another one: all of them or none.

    What had been listed about the package's versions before the act `began`, now when nothing is said, is
    cleared at its end.
    """
    attempts = 0
    began = began or services.timestamp()
    with services.engine.acts:
        while True:
            with services.catalog.read() as reader:
                plans = [planned(services, reader, make) for make in makes]
                seen = reader.sequence()
            changing = [plan for plan in plans if plan.changes]
            catch_up(services, seen)
            if not changing:
                return plans
            plans = [_signed(services, plan) for plan in plans]
            changing = [plan for plan in plans if plan.changes]
            if _apply(services, changing, seen, store, manifest, began):
                return plans
            attempts += 1
            if attempts == _ATTEMPTS:
                context_id = changing[0].context_id
                raise errors.Conflict(
                    f"other processes keep changing {changing[0].package_id} in context {context_id!r}",
                    hint="try again",
                    context=context_id,
                )


def _signed(services: Services, plan: Plan) -> Plan:
    signed = signing.signed(services, plan.before, plan.after, plan.actor)
    after = replace(plan.after, versions=signed.versions, package=signed.package)
    return replace(plan, after=after, binding=signed.binding, removal=signed.removal)


def _apply(
    services: Services,
    plans: Sequence[Plan],
    seen: int,
    store: Callable[[Writer], object],
    manifest: Manifest | None,
    began: str,
) -> bool:
    """False when a context has changed since change `seen`; then nothing was done."""
    engine = services.engine
    prepared = _prepare(services, plans, manifest)
    contexts = {plan.context_id for plan in plans}
    try:
        engine.require_open()
        with services.catalog.write() as writer:
            holds = all(change.context_id not in contexts for change in writer.changes(seen))
            if holds:
                store(writer)
                for plan in plans:
                    _write(writer, services, plan)
    except BaseException:
        if all(
            _is_recorded(services, plan) for plan in plans
        ):  # interrupted after the commit: it has happened
            _go_live(services, plans, prepared, began)
        else:
            _discard(services, prepared)
        raise
    if not holds:
        _discard(services, prepared)
        return False
    _go_live(services, plans, prepared, began)
    return True


def _prepare(services: Services, plans: Sequence[Plan], manifest: Manifest | None) -> list[Prepared]:
    prepared: list[Prepared] = []
    try:
        for plan in plans:
            live = _live_after(services, plan, manifest)
            prepared.append(services.engine.prepare(plan.context_id, live))
    except BaseException:
        _discard(services, prepared)
        raise
    return prepared


def _discard(services: Services, prepared: list[Prepared]) -> None:
    """The last one first: a version that several have is unloaded with the one that loaded it."""
    while prepared:
        services.engine.discard(prepared.pop())


def _is_recorded(services: Services, plan: Plan) -> bool:
    with services.catalog.read() as reader:
        found = facts(reader, services, plan.context_id, plan.package_id)
    after = plan.after
    return (found.package, _by_id(found.versions), found.prefs) == (
        after.package,
        _by_id(after.versions),
        after.prefs,
    )


def _by_id(versions: Sequence[PackageVersion]) -> Mapping[str, PackageVersion]:
    """The catalog's order is by time, which a clock that was set back changes."""
    return {one.package_version_id: one for one in versions}


def _go_live(services: Services, plans: Sequence[Plan], prepared: Sequence[Prepared], began: str) -> None:
    engine = services.engine
    for plan, ready in zip(plans, prepared, strict=True):
        engine.switch(plan.context_id, ready)
    engine.adopt(services.catalog.state(services.device))
    for plan in plans:
        for then in (plan.before, plan.after):
            version = then.live(services.device)
            if version is not None:  # what went wrong with these is mended, or will be listed again
                services.diagnostics.clear(f"{version.name}@{version.version}", began)


def _write(writer: Writer, services: Services, plan: Plan) -> None:
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


def _live_after(services: Services, plan: Plan, manifest: Manifest | None) -> Sequence[ActivePackage]:
    """The context's active packages once the plan is done, by name."""
    others = [
        one
        for one in services.engine.binding(plan.context_id).active.packages
        if one.package_id != plan.package_id
    ]
    chosen = plan.after.live(services.device)
    if chosen is None:
        return others
    if manifest is None or manifest.id != chosen.snapshot_digest:
        manifest = services.snapshots.manifest(chosen.snapshot_digest)
    label = f"{manifest.name} {manifest.version}"
    environment.check(manifest.requires, manifest.private, label)
    needed.check(label, needed.manifests(services, manifest))
    origin = plan.after.prefs.source_path if plan.after.prefs is not None and chosen.device_id else None
    return sorted([*others, live(manifest, origin)], key=lambda one: one.name)
