"""Rows of released versions that come from elsewhere, in the context that they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import Package, PackageVersion, VersionTag
from peers_runtime.model.versions import precedence
from peers_runtime.operations import access, install, promote, signing
from peers_runtime.operations.facts import Facts, facts
from peers_runtime.operations.plan import Plan
from peers_runtime.rules import resolution
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.model.manifest import Definition
    from peers_runtime.operations.services import Services


@dataclass(frozen=True)
class Arriving:
    """A released version as another place has it."""

    package_id: str
    name: str
    description: str
    version: str
    tag: VersionTag
    digest: str
    definition: Definition
    reason: str
    is_chosen: bool  # somebody set a context to it, so that this one is
    published: Published | None = None


@dataclass(frozen=True)
class Published:
    """By which author, as the other place says."""

    package: Package
    signature: str | None

    def carry(self, into: Package, row: PackageVersion) -> tuple[Package, PackageVersion]:
        """With the author's key, where none is known, and signature, where that is by the key that is."""
        if into.publish_public_key is None:
            keys = {"publish_public_key", "publish_key_changes"}
            into = into.model_copy(update={field: getattr(self.package, field) for field in keys})
        is_known = into.publish_public_key == self.package.publish_public_key
        return into, row.model_copy(update={"author_signature": self.signature if is_known else None})


def arrival(
    services: Services, arriving: Sequence[Arriving], context_id: str, actor: str, reader: Reader
) -> Plan:
    """Rows of their own in the context, of one package, one after the other."""
    access.authorise(reader, context_id, actor, Act.PROMOTE)
    package_id = arriving[0].package_id
    install.refuse_taken_name(reader, context_id, arriving[0].name, package_id)
    before = facts(reader, services, context_id, package_id)
    plan = Plan(actor, before, before, "")
    for one in arriving:
        then = _with(services, plan.after, one, context_id, actor)
        reason = f"{plan.reason}; {then.reason}" if plan.reason else then.reason
        plan = replace(then, before=before, reason=reason, frozen=[*plan.frozen, *then.frozen])
    return plan


def _with(services: Services, before: Facts, arriving: Arriving, context_id: str, actor: str) -> Plan:
    """Somebody chose it elsewhere, or policy decides whether it is used."""
    for same in before.versions:
        if same.version != arriving.version or same.version_tag is VersionTag.DEV:
            continue
        if same.snapshot_digest == arriving.digest:
            told = f"context {context_id!r} has {same.version} already"
            return Plan(actor, before, before, told, same.package_version_id)
        raise errors.VersionExists(
            f"context {context_id!r} has {same.name} {same.version} already, with snapshot"
            f" {same.snapshot_digest[:12]} and not {arriving.digest[:12]}",
            hint=f"look with: peers versions {same.name} --context {context_id}",
            package=same.name,
            version=same.version,
        )
    row = _row(services, arriving, context_id, actor)
    package = before.package or Package(
        context_id=context_id,
        package_id=arriving.package_id,
        name=arriving.name,
        description=arriving.description,
        created_by=actor,
    )
    if arriving.published is not None:
        package, row = arriving.published.carry(package, row)
    former = resolution.effective_active(package, before.versions, None)
    if former is None or (arriving.is_chosen and precedence(row.version) > precedence(former.version)):
        row = signing.appended(services, row, "activated", actor)
        package = package.model_copy(update={"active_version_id": row.package_version_id})
    # it is at hand, although a dry run keeps nothing of what comes with the host
    arrivals = before.arrivals.supposing(row.snapshot_digest)
    after = replace(before, package=package, versions=(*before.versions, row), arrivals=arrivals)
    is_stable = row.version_tag is VersionTag.STABLE
    frozen = promote.frozen(arriving.definition, row, services.timestamp()) if is_stable else ()
    return Plan(actor, before, after, f"{row.version}: {arriving.reason}", row.package_version_id, frozen)


def _row(services: Services, arriving: Arriving, context_id: str, actor: str) -> PackageVersion:
    made = PackageVersion(
        package_version_id=services.new_id(),
        context_id=context_id,
        package_id=arriving.package_id,
        name=arriving.name,
        version=arriving.version,
        version_tag=VersionTag.DEV,
        snapshot_digest=arriving.digest,
        app_navs=arriving.definition.app_navs,
        created_by=actor,
        created_at=services.timestamp(),
        device_id=services.device,
    )
    made = signing.appended(services, made, "created", actor)
    is_stable = arriving.tag is VersionTag.STABLE
    return signing.appended(services, made, "promoted:stable" if is_stable else "promoted:beta", actor)
