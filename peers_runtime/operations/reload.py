"""Putting the next state of a working copy in the place of the one that runs: live first, then kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from peers_runtime.activation import reload
from peers_runtime.model.catalog import Role
from peers_runtime.operations import install, plan
from peers_runtime.rules.permissions import Act, Denied, judge

if TYPE_CHECKING:
    from peers_runtime.model.active import ActivePackage
    from peers_runtime.model.manifest import Manifest
    from peers_runtime.operations.capture import Candidate
    from peers_runtime.operations.services import Services
    from peers_runtime.snapshots.source import Source


def runs(services: Services, manifest: Manifest, origin: str | None, context_id: str) -> bool:
    """Whether the context runs this state of the working copy in `origin`."""
    found = _live(services, context_id, manifest.package_id)
    return found is not None and found.key == (manifest.name, manifest.id, origin)


def in_use(services: Services, context_id: str, name: str) -> tuple[str, ...]:
    """The modules that the context's version has imported in this process."""
    version = services.engine.binding(context_id).versions.get(name)
    return version.imported if version is not None else ()


def catch_up(services: Services) -> None:
    """Be where the catalog is, which other processes write too; the caller holds `services.engine.acts`.

    Before going live: `keep` would take back what is live and not written yet, and its state would be lost.
    """
    with services.catalog.read() as reader:
        sequence = reader.sequence()
    plan.catch_up(services, sequence)


def followers(
    services: Services, before: Source, after: Source, package_id: str, context_id: str, actor: str
) -> tuple[str, ...]:
    """The context, and every other one that runs this working copy and lets the actor install.

    `before` and `after` are its states: an import package may move to `src/`.
    """
    state = services.engine.state
    folders = {before.package_folder, after.package_folder} - {None}
    positions = {
        place
        for place, one in enumerate(state.packages)
        if one.package_id == package_id and one.origin in folders
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
) -> Mapping[str, ActivePackage] | None:
    """Switch these contexts to the candidate in memory; None when `may_switch` said no in the end.

    Answers with what each had before. Raises what `activation.reload` does; then, and when it is None, that
    still serves. Nothing is written: call `keep` before `services.engine.acts` is let go, which the caller
    holds.
    """
    manifest = candidate.manifest
    package = plan.live(manifest, candidate.captured.source.package_folder)
    before = {one: _live(services, one, manifest.package_id) for one in context_ids}
    if not reload.reload(services.engine, dict.fromkeys(context_ids, package), may_switch):
        return None
    return {context_id: one for context_id, one in before.items() if one is not None}


def keep(
    services: Services,
    candidate: Candidate,
    like: Manifest,
    before: Mapping[str, ActivePackage],
    actor: str,
) -> None:
    """Write what has gone live: the snapshot, and the dev row of each context of `before`.

    Raises `HomeNotWritable`, `RoleTooLow` and whatever else an install may; the contexts then have again
    what they had before, with the state that was handed over.
    """
    captured = candidate.captured
    began = services.timestamp()  # what is listed from now on is about the state that has gone, and new
    try:
        services.snapshots.keep(captured.source, captured.manifest, like)
        install.record(services, captured, [*before], actor, began=began)
    except BaseException:
        try:
            reload.reload(services.engine, before)
        finally:
            services.engine.adopt(services.catalog.state(services.device))
        raise
    finally:
        services.engine.sweep()  # saves come faster than automatic collections of all generations


def _live(services: Services, context_id: str, package_id: str) -> ActivePackage | None:
    active = services.engine.binding(context_id).active.packages
    return next((one for one in active if one.package_id == package_id), None)
