"""Releases: from dev to beta to stable, and taking one out of circulation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import FrozenShape, PackageVersion, VersionTag
from peers_runtime.model.decision import Decision
from peers_runtime.model.versions import precedence
from peers_runtime.operations import access, decide, signing
from peers_runtime.operations.activate import for_context, with_row
from peers_runtime.operations.facts import Installed, installed
from peers_runtime.operations.plan import Plan
from peers_runtime.rules import contracts, following, promotion, reach
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.model.catalog import HistoryAction
    from peers_runtime.model.manifest import Definition
    from peers_runtime.operations.services import Services


def promote(
    services: Services,
    name: str,
    version: str,
    to: str,
    context_id: str,
    actor: str,
    *,
    digest: str | None = None,
    dry_run: bool = False,
) -> Decision:
    """Give a dev version the tag beta or stable, or a beta version stable: the same row, the same snapshot.

    Promoting the version that this device runs, to a tag that the context follows, makes it the active one
    of the context. Promoting to stable freezes the version's contracts. `digest` is the snapshot that the
    caller saw. Raises `NotPromotable`, `UnknownVersion`, `RoleTooLow`, `VersionExists` when another row has
    the version already, `VersionMoved` when the version is not what the caller saw or has the tag by now,
    and `ContractFrozen`.
    """
    tag = _tag(to)
    _refuse_unclear(digest)
    seen: list[PackageVersion] = []

    def plan(reader: Reader) -> Plan:
        return _promotion(services, name, version, tag, context_id, actor, digest, seen, reader)

    return decide.carry_out(services, plan, dry_run=dry_run)


def promote_all(
    services: Services,
    versions: Mapping[str, str],
    to: str,
    context_id: str,
    actor: str,
    *,
    dry_run: bool = False,
) -> Sequence[Decision]:
    """`promote` of several packages' versions, by name, at once: all of them or none."""
    tag = _tag(to)

    def make(name: str, version: str) -> Callable[[Reader], Plan]:
        seen: list[PackageVersion] = []
        return partial(_promotion, services, name, version, tag, context_id, actor, None, seen)

    makes = [make(name, version) for name, version in versions.items()]
    return decide.carry_out_all(services, makes, dry_run=dry_run)


def yank(
    services: Services,
    name: str,
    version: str,
    context_id: str,
    actor: str,
    *,
    dry_run: bool = False,
) -> Decision:
    """Take a released version out of circulation: it runs on where it was activated, and nowhere else.

    Cannot be taken back. Raises `UnknownVersion`, `NotPromotable` for a dev version, or `RoleTooLow`.
    """
    return decide.carry_out(
        services, partial(_yank, services, name, version, context_id, actor), dry_run=dry_run
    )


def _promotion(
    services: Services,
    name: str,
    version: str,
    to: VersionTag,
    context_id: str,
    actor: str,
    digest: str | None,
    seen: list[PackageVersion],
    reader: Reader,
) -> Plan:
    before = installed(reader, services, name, context_id, actor, Act.PROMOTE)
    chosen = access.version(before.versions, version, services.device, before.package)
    seen.append(chosen)
    _refuse_moved(chosen, seen[0], digest, to)
    judged = promotion.judge(chosen, to)
    if not judged.holds:
        raise errors.NotPromotable(
            judged.reason,
            hint=f"peers versions {name} --context {context_id}",
            package=chosen.name,
            version=chosen.version,
            tag=str(chosen.version_tag),
        )
    _refuse_taken(before, chosen, context_id)
    action: HistoryAction = "promoted:stable" if to is VersionTag.STABLE else "promoted:beta"
    row = signing.appended(services, chosen, action, actor)
    prefs = before.chosen
    tags, is_devices = following.effective_tags(before.package, None)
    reached = reach.of_promotion(
        to,
        runs_it=_runs(before, chosen, services.device),
        follows=following.tag_matches(tags, is_devices, row, services.device).holds,
        override=prefs.override,
        pinned=prefs.pinned,
        role=before.role,
        kind=before.kind,
        in_the_way=_in_the_way(before, row, services.device),
    )
    if prefs.active_version_id == row.package_version_id and not (prefs.override or prefs.pinned):
        prefs = prefs.model_copy(update={"active_version_id": None})
    manifest = services.snapshots.manifest(row.snapshot_digest)
    package = signing.with_publish_key(services, before.package)
    package = package.model_copy(update={"description": manifest.metadata.description})
    after = replace(before, package=package, versions=with_row(before.versions, row), prefs=prefs)
    if reached.reach is reach.Reach.CONTEXT:
        after, row = for_context(services, after, row, actor)
    shapes = frozen(manifest.definition, row, services.timestamp()) if to is VersionTag.STABLE else ()
    users = reader.users(chosen) if chosen.version_tag is VersionTag.DEV else []
    others = [(device, chosen) for device in users if device != services.device]
    reason = f"{judged.reason}; {reached.reason}"
    return Plan(actor, before, after, reason, row.package_version_id, shapes, others)


def _in_the_way(before: Installed, row: PackageVersion, device: str) -> str:
    """Why the context would not take the version as an upgrade; nobody has asked to activate it."""
    used = replace(before, prefs=None).live(device)
    if used is None or used.package_version_id == row.package_version_id:
        return ""
    within = following.range_matches(before.package.follow_range, used.version, row.version)
    if not within.holds:
        return within.reason
    is_newer = precedence(row.version) > precedence(used.version)
    return "" if is_newer else f"the context uses {used.version}, which is not older"


def _tag(given: str) -> VersionTag:
    if given in (VersionTag.BETA, VersionTag.STABLE):
        return VersionTag(given)
    raise errors.InvalidSetting(
        f"a version is promoted to beta or to stable, not to {given!r}",
        hint="peers promote NAME VERSION --to beta",
        given=given,
    )


def _refuse_unclear(digest: str | None) -> None:
    """Half a digest says less than was seen, and an empty one may be a variable that was never set."""
    if digest is not None and not access.is_digest(digest):
        raise errors.InvalidSetting(
            f"{digest!a} is no snapshot's digest: at least 12 characters of 0-9 and a-f are wanted",
            hint="take it from: peers versions NAME",
            given=digest,
        )


def _runs(before: Installed, version: PackageVersion, device: str) -> bool:
    live = before.live(device)
    return live is not None and live.package_version_id == version.package_version_id


def _refuse_moved(chosen: PackageVersion, first: PackageVersion, digest: str | None, to: VersionTag) -> None:
    """What is promoted is what the caller saw; somebody else may have been faster, even at the same act."""
    wanted = digest or first.snapshot_digest
    is_seen = chosen.snapshot_digest.startswith(wanted) and chosen.version_tag is first.version_tag
    if is_seen and (chosen.version_tag is not to or chosen.yanked):
        return
    what = (
        f"{chosen.version_tag} already" if is_seen else f"not what was seen: it is {chosen.version_tag} now"
    )
    by, how = _made_so(chosen)
    raise errors.VersionMoved(
        f"{chosen.name} {chosen.version} is {what}, with snapshot {chosen.snapshot_digest[:12]} ({how})",
        hint=f"look again: peers versions {chosen.name} --context {chosen.context_id}",
        package=chosen.name,
        version=chosen.version,
        by=by,
    )


def _made_so(version: PackageVersion) -> tuple[str, str]:
    """Who made it what it is now, and that in words with the time."""
    entries = [one for one in version.history if one.action not in ("activated", "rolled-back")]
    last = (entries or version.history)[-1]
    return last.by, f"{last.action} by {last.by} at {last.at}"


def _refuse_taken(before: Installed, chosen: PackageVersion, context_id: str) -> None:
    for other in before.versions:
        if (
            other.version == chosen.version
            and other.version_tag is not VersionTag.DEV
            and other.package_version_id != chosen.package_version_id
        ):
            by, how = _made_so(other)
            raise errors.VersionExists(
                f"context {context_id!r} has {other.name} {other.version} as {other.version_tag} already,"
                f" with snapshot {other.snapshot_digest[:12]} ({how})",
                hint="raise the version in pyproject.toml, and install it again",
                package=other.name,
                version=other.version,
                by=by,
            )


def frozen(definition: Definition, row: PackageVersion, at: str) -> Sequence[FrozenShape]:
    """The shapes of the contracts that the version provides, for ever from now on."""
    shapes = [(one, contracts.shape(definition, one)) for one in definition.contracts]
    return [
        FrozenShape(
            context_id=row.context_id,
            contract_id=contract.contract_id,
            version=contract.version,
            shape=shape,
            digest=contracts.shape_digest(shape),
            package_version_id=row.package_version_id,
            at=at,
        )
        for contract, shape in shapes
    ]


def _yank(services: Services, name: str, version: str, context_id: str, actor: str, reader: Reader) -> Plan:
    before = installed(reader, services, name, context_id, actor, Act.YANK)
    chosen = access.version(before.versions, version, services.device, before.package)
    if chosen.version_tag is VersionTag.DEV:
        raise errors.NotPromotable(
            f"{chosen.version} is a dev version: it is on one device only, and cannot be yanked",
            hint=f"peers versions {name} --context {context_id}",
            package=chosen.name,
            version=chosen.version,
            tag=str(chosen.version_tag),
        )
    if chosen.yanked:
        return Plan(actor, before, before, f"{chosen.version} was yanked before", chosen.package_version_id)
    row = signing.appended(services, chosen, "yanked", actor)
    after = replace(before, versions=with_row(before.versions, row))
    return Plan(actor, before, after, f"{actor} yanks {chosen.version}", row.package_version_id)
