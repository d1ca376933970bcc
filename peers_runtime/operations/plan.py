"""What an act would change, and making it so: of one package, or of several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from peers_runtime.activation import check, foresight
from peers_runtime.base import errors
from peers_runtime.catalog.index import route_rows
from peers_runtime.model.active import ActivePackage
from peers_runtime.model.manifest import Manifest
from peers_runtime.operations import needed, signing, writing
from peers_runtime.operations.facts import Facts, facts
from peers_runtime.projects import environment
from peers_runtime.rules import contracts

if TYPE_CHECKING:
    from peers_runtime.activation.prepared import Prepared
    from peers_runtime.catalog.store import Reader, Writer
    from peers_runtime.contracts.registry import Moved
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
    shapes that it freezes; `others` are devices whose build it releases, with that build; `moved` are
    consumers that get a contract from another package here; `binding` is the actor's first key there.
    """

    actor: str
    before: Facts
    after: Facts
    reason: str
    about: str | None = None
    frozen: Sequence[FrozenShape] = ()
    others: Sequence[tuple[str, PackageVersion]] = ()
    moved: Sequence[Moved] = ()
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


def planned(services: Services, reader: Reader, makes: Sequence[Callable[[Reader], Plan]]) -> Sequence[Plan]:
    """The plans, each of another package or context, unless one of them is refused or two exclude each other.

    Raises `SignatureInvalid` or `KeyMismatch` for one that builds on a record that was changed,
    `ContractFrozen` for one that would freeze a contract in another shape, `InvalidSetting` for two of the
    same package and `NameTaken` for two of the same name.
    """
    plans = [_planned(services, reader, make) for make in makes]
    _refuse_overlap(plans)
    shapes: dict[tuple[str, str, int], FrozenShape] = {}
    return [_freezing(plan, reader, shapes) for plan in plans]


def foresee(
    services: Services, plans: Sequence[Plan], seen: int, manifests: Sequence[Manifest]
) -> Sequence[Plan]:
    """The plans with whom they move to other providers, as of the catalog's change `seen`.

    Raises what carrying them out would; no package code is run. That is what environments lack, and what
    packages contribute and consume; not what shows only when a version is loaded.
    """
    engine = services.engine
    state = engine.state if engine.state.sequence == seen else services.catalog.state(services.device)
    moved: dict[str, Sequence[Moved]] = {}
    for context_id, some in _by_context(plan for plan in plans if plan.changes).items():
        before = state.active(context_id)
        after = _live_after(services, some, before, manifests)
        moved[context_id] = foresight.look(engine, context_id, before, after)
    return _moving(plans, moved)


def carry_out(
    services: Services,
    makes: Sequence[Callable[[Reader], Plan]],
    store: Callable[[Writer], object] = lambda _: None,
    manifests: Sequence[Manifest] = (),
    began: str | None = None,
) -> Sequence[Plan]:
    """Make the plans, prepare what would be live, record it in one transaction, and switch: all, or none.

    What is checked is each context as all of them leave it, which is switched once. `store` writes what the
    rows refer to, in the same transaction; `manifests` are of snapshots that need not be read again. What had
    been listed about the packages' versions before the act `began`, now when nothing is said, is cleared at
    its end. A failure at any step raises, and then the previous versions serve, nothing is written and
    nothing new is loaded.
    """
    attempts = 0
    began = began or services.timestamp()
    with services.engine.acts:
        while True:
            with services.catalog.read() as reader:
                plans = planned(services, reader, makes)
                seen = reader.sequence()
            catch_up(services, seen)
            if not any(plan.changes for plan in plans):
                return plans
            plans = _signed(services, plans)
            changing = [plan for plan in plans if plan.changes]
            moved = _apply(services, changing, seen, store, manifests, began)
            if moved is not None:
                return _moving(plans, moved)
            attempts += 1
            if attempts == _ATTEMPTS:
                context_id = changing[0].context_id
                raise errors.Conflict(
                    f"other processes keep changing {changing[0].package_id} in context {context_id!r}",
                    hint="try again",
                    context=context_id,
                )


def _planned(services: Services, reader: Reader, make: Callable[[Reader], Plan]) -> Plan:
    made = make(reader)
    signing.refuse_changed(made.before, made.after)
    signing.refuse_other_key(services, made.before, made.after, made.actor)
    return made


def _refuse_overlap(plans: Sequence[Plan]) -> None:
    packages: set[tuple[str, str]] = set()
    owners: dict[tuple[str, str], str] = {}
    for plan in plans:
        context_id, package = plan.context_id, plan.package
        if (context_id, package.package_id) in packages:
            raise errors.InvalidSetting(
                f"{package.name} is given twice, for context {context_id!r}",
                hint="give each package once in an act",
                package=package.name,
                context=context_id,
            )
        packages.add((context_id, package.package_id))
        owner = owners.setdefault((context_id, package.name), package.package_id)
        if owner != package.package_id:
            raise errors.NameTaken(
                f"two packages that are given have the import name {package.name!r} "
                f"(package ids {owner} and {package.package_id})",
                hint="rename the import package of one of them, or install them in contexts of their own",
                name=package.name,
                owner=owner,
                context=context_id,
            )


def _freezing(plan: Plan, reader: Reader, shapes: dict[tuple[str, str, int], FrozenShape]) -> Plan:
    """The plan with those shapes that nobody has frozen yet; `shapes` are known of plans before it."""
    if not plan.frozen:
        return plan
    context_id = plan.context_id
    for one in reader.frozen_shapes(context_id):
        shapes.setdefault((context_id, one.contract_id, one.version), one)
    fresh = []
    for shape in plan.frozen:
        found = shapes.setdefault((context_id, shape.contract_id, shape.version), shape)
        if found is shape:
            fresh.append(shape)
        else:
            contracts.refuse_other(found, shape)
    return replace(plan, frozen=fresh)


def _signed(services: Services, plans: Sequence[Plan]) -> Sequence[Plan]:
    signed: list[Plan] = []
    for plan in plans:
        made = signing.signed(services, plan.before, plan.after, plan.actor)
        after = replace(plan.after, versions=made.versions, package=made.package)
        is_bound = any(
            (one.context_id, one.actor) == (plan.context_id, plan.actor) for one in signed if one.binding
        )
        binding = None if is_bound else made.binding  # once for all that the actor signs there
        signed.append(replace(plan, after=after, binding=binding, removal=made.removal))
    return signed


def _apply(
    services: Services,
    plans: Sequence[Plan],
    seen: int,
    store: Callable[[Writer], object],
    manifests: Sequence[Manifest],
    began: str,
) -> Mapping[str, Sequence[Moved]] | None:
    """Who moved to another provider, by context; None: one has changed since `seen`, and nothing was done."""
    engine = services.engine
    contexts = _by_context(plans)
    prepared = _prepare(services, contexts, manifests)
    moved = {
        context_id: check.moved(engine.binding(context_id), ready.binding)
        for context_id, ready in zip(contexts, prepared, strict=True)
    }
    try:
        engine.require_open()
        with services.catalog.write() as writer:
            holds = all(change.context_id not in contexts for change in writer.changes(seen))
            if holds:
                store(writer)
                for plan in plans:
                    writing.write(writer, services, plan)
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
        return None
    _go_live(services, plans, prepared, began)
    return moved


def _moving(plans: Sequence[Plan], moved: Mapping[str, Sequence[Moved]]) -> Sequence[Plan]:
    """The plans, each with the consumers that its package loses or gets; the first takes the others."""
    found = list(plans)
    for context_id, some in moved.items():
        places = [place for place, plan in enumerate(plans) if plan.context_id == context_id and plan.changes]
        for one in some:
            place = next((at for at in places if plans[at].package_id in one.packages), places[0])
            found[place] = replace(found[place], moved=[*found[place].moved, one])
    return found


def _prepare(
    services: Services, contexts: Mapping[str, Sequence[Plan]], manifests: Sequence[Manifest]
) -> list[Prepared]:
    """One for each context, as all plans leave it."""
    engine = services.engine
    prepared: list[Prepared] = []
    try:
        for context_id, plans in contexts.items():
            live = _live_after(services, plans, engine.binding(context_id).active.packages, manifests)
            prepared.append(engine.prepare(context_id, live))
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
    for ready in prepared:
        engine.switch(ready.binding.context_id, ready)
    engine.adopt(services.catalog.state(services.device))
    for plan in plans:
        for then in (plan.before, plan.after):
            version = then.live(services.device)
            if version is not None:  # what went wrong with these is mended, or will be listed again
                services.diagnostics.clear(f"{version.name}@{version.version}", began)


def _live_after(
    services: Services, plans: Sequence[Plan], active: Sequence[ActivePackage], manifests: Sequence[Manifest]
) -> Sequence[ActivePackage]:
    """What is `active` in a context once the plans are done, by name."""
    known = {one.id: one for one in manifests}
    changing = {plan.package_id for plan in plans}
    found = [one for one in active if one.package_id not in changing]
    for plan in plans:
        chosen = plan.after.live(services.device)
        if chosen is None:
            continue
        digest = chosen.snapshot_digest
        manifest = known[digest] if digest in known else services.snapshots.manifest(digest)
        label = f"{manifest.name} {manifest.version}"
        environment.check(manifest.requires, manifest.private, label)
        needed.check(label, needed.manifests(services, manifest))
        origin = plan.after.prefs.source_path if plan.after.prefs is not None and chosen.device_id else None
        found.append(live(manifest, origin))
    return sorted(found, key=lambda one: one.name)


def _by_context(plans: Iterable[Plan]) -> Mapping[str, Sequence[Plan]]:
    found: dict[str, list[Plan]] = {}
    for plan in plans:
        found.setdefault(plan.context_id, []).append(plan)
    return found
