"""Putting the next state of a working copy in the place of the one that runs: live first, then kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from peers_runtime.activation import reload
from peers_runtime.catalog.index import route_rows
from peers_runtime.model.active import ActivePackage
from peers_runtime.model.catalog import Role
from peers_runtime.operations import install
from peers_runtime.rules.permissions import Act, Denied, judge

if TYPE_CHECKING:
    from peers_runtime.model.manifest import Manifest
    from peers_runtime.operations.capture import Candidate
    from peers_runtime.operations.services import Services


def runs(services: Services, manifest: Manifest, origin: str | None, context_id: str) -> bool:
    """Whether the context runs this state of the working copy in `origin`."""
    found = _live(services, context_id, manifest.package_id)
    return found is not None and found.key == (manifest.name, manifest.id, origin)


def in_use(services: Services, context_id: str, name: str) -> tuple[str, ...]:
    """The modules that the context's version has imported in this process."""
    version = services.engine.binding(context_id).versions.get(name)
    return version.imported if version is not None else ()


def followers(
    services: Services, package_id: str, origin: str | None, context_id: str, actor: str
) -> tuple[str, ...]:
    """The context, and every other one that runs this working copy and lets the actor install."""
    state = services.engine.state
    positions = {
        place
        for place, one in enumerate(state.packages)
        if one.package_id == package_id and one.origin == origin is not None
    }
    sets = {place for place, members in enumerate(state.sets) if not positions.isdisjoint(members)}
    others = sorted(
        one
        for one, (kind, place, roles) in state.contexts.items()
        if place in sets
        and one != context_id
        and not isinstance(judge(Act.INSTALL, Role(roles.get(actor, Role.NONE)), kind), Denied)
    )
    return (context_id, *others)


def go_live(
    services: Services, candidate: Candidate, context_ids: Sequence[str], may_switch: Callable[[], bool]
) -> bool:
    """Switch these contexts to the candidate in memory; False when `may_switch` said no in the end.

    Raises what `activation.reload` does; then, and when it is False, the previous version serves. Nothing is
    written: call `keep` before `services.engine.acts` is let go, which the caller holds.
    """
    manifest = candidate.manifest
    package = ActivePackage(
        manifest.name,
        manifest.package_id,
        manifest.version,
        manifest.id,
        route_rows(manifest.definition.routes),
        [nav.wire() for nav in manifest.definition.app_navs],
        candidate.captured.source.package_folder,
    )
    return reload.reload(services.engine, context_ids, package, may_switch)


def keep(
    services: Services, candidate: Candidate, like: Manifest, context_ids: Sequence[str], actor: str
) -> None:
    """Write what has gone live: the snapshot, and the dev row of each context.

    Raises `HomeNotWritable`, `RoleTooLow` and whatever else an install may; the contexts for which nothing
    could be written are then back at what the catalog says.
    """
    captured = candidate.captured
    began = services.timestamp()  # what is listed from now on is about the state that has gone, and new
    try:
        services.snapshots.keep(captured.source, captured.manifest, like)
        install.record(services, captured, context_ids, actor, activate=True, began=began)
    except BaseException:
        services.engine.adopt(services.catalog.state(services.device))
        raise
    finally:
        services.engine.sweep()  # saves come faster than automatic collections of all generations


def _live(services: Services, context_id: str, package_id: str) -> ActivePackage | None:
    active = services.engine.binding(context_id).active.packages
    return next((one for one in active if one.package_id == package_id), None)
