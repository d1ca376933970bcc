"""Looking: what is installed, which version is active and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers_runtime.model.catalog import ContextKind, Package, PackageVersion, Role
from peers_runtime.model.dependencies import Use
from peers_runtime.model.manifest import Manifest
from peers_runtime.model.resolved import Resolved
from peers_runtime.operations import access
from peers_runtime.operations.facts import facts
from peers_runtime.rules import authorship, components, resolution
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services
    from peers_runtime.projects.distributions import AvailableDistribution


def may_read(services: Services, context_id: str, actor: str) -> None:
    """Raises `RoleTooLow` when the actor may not use the context."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)


def packages(services: Services, context_id: str) -> Sequence[Package]:
    """The packages installed in a context, by name."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, services.actor, Act.READ)
        return reader.packages(context_id)


def role(services: Services, context_id: str, actor: str) -> tuple[ContextKind, Role]:
    """The kind of a context, and what somebody is in it. Raises `UnknownContext` or `RoleTooLow`."""
    with services.catalog.read() as reader:
        found = access.authorise(reader, context_id, actor, Act.READ)
        return found.kind, reader.role(context_id, actor)


def active_versions(
    services: Services, context_ids: Iterable[str]
) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """What is active in contexts that the caller may read: context id → import name → (version, digest).

    It is what this process knows; no context comes into use by it.
    """
    state = services.engine.state
    found: dict[str, Mapping[str, tuple[str, str]]] = {}
    for context_id in context_ids:
        if context_id in state.contexts:
            members = [state.packages[place] for place in state.sets[state.contexts[context_id][1]]]
            found[context_id] = {one.name: (one.version, one.digest) for one in members}
    return found


def is_pinned(services: Services, package_id: str, context_id: str) -> bool:
    """Whether this device stays at its version of a package, whatever the context does."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, services.actor, Act.READ)
        prefs = reader.prefs(services.device, context_id, package_id)
    return prefs is not None and prefs.pinned


def diagnostics_stamp(services: Services) -> object:
    """Equal as long as nothing was listed or mended, by any host of this home."""
    return services.diagnostics.stamp()


def versions(services: Services, name: str, context_id: str) -> Sequence[PackageVersion]:
    """Every version of a package in a context, in order of creation."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, services.actor, Act.READ)
        package = access.package(reader, context_id, name)
        return reader.versions(context_id, package.package_id)


@dataclass(frozen=True)
class Told:
    """A version, and what is wrong with its record and history; nothing when all of it holds."""

    version: PackageVersion
    problems: tuple[str, ...]


def history(services: Services, name: str, context_id: str) -> Sequence[Told]:
    """Every version with its history, each entry and signature verified now.

    So is that the history goes on where this device has seen it end.
    """
    with services.catalog.read() as reader:
        context = access.authorise(reader, context_id, services.actor, Act.READ)
        package = access.package(reader, context_id, name)
        roster = reader.roster(context_id)
        known = reader.versions(context_id, package.package_id)
    keys = authorship.publish_keys(package)
    return [
        Told(one, services.catalog.arrivals.beliefs.problems(one, roster, context.kind, keys))
        for one in known
    ]


def resolve(services: Services, name: str, context_id: str) -> resolution.Resolution:
    """The version that is active here, and the reason."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, services.actor, Act.READ)
        package = access.package(reader, context_id, name)
        found = facts(reader, services, context_id, package.package_id)
    return found.resolved(services.device)


def manifest(services: Services, name: str, context_id: str, version: str | None) -> Manifest:
    """A version's manifest; without `version` the active one's, else the latest row's.

    It is the caller's own, as deep as it goes. It was updated when the version was yanked, if ever.
    """
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, services.actor, Act.READ)
        package = access.package(reader, context_id, name)
        found = facts(reader, services, context_id, package.package_id)
    if version is not None:
        chosen = access.version(found.versions, version, services.device, package)
    else:
        chosen = found.live(services.device) or found.versions[-1]
    with services.catalog.read() as reader:
        numbers = reader.component_numbers(chosen.snapshot_digest)
    kept = components.numbered(services.snapshots.manifest(chosen.snapshot_digest), numbers)
    yanked = [entry.at for entry in chosen.history if entry.action == "yanked"]
    is_shared = services.snapshots.is_draft(chosen.snapshot_digest)  # with the dev loop, as one object
    return kept.model_copy(update={"updated_at": [kept.updated_at, *yanked][-1]}, deep=is_shared)


def resolved(
    services: Services, name: str, context_id: str, version: str | None, *, include_dependencies: bool
) -> Resolved:
    """A version's components and assets; without `version` as `manifest` does."""
    found = manifest(services, name, context_id, version)
    return Resolved(
        id=found.id,
        version=found.version,
        components=found.components,
        assets=found.assets,
        dependencies=_dependencies(services, found) if include_dependencies else None,
    )


def _dependencies(services: Services, of: Manifest) -> dict[str, Resolved]:
    from peers_runtime.operations import needed  # with what reads requirements, which no other look needs

    found: dict[str, Resolved] = {}
    for one in needed.manifests(services, of):
        with services.catalog.read() as reader:
            numbered = components.numbered(one, reader.component_numbers(one.id))
        found[f"{one.package_id}@{one.version}"] = Resolved(
            id=one.id, version=one.version, components=numbered.components, assets=one.assets
        )
    return found


def private_uses(services: Services) -> Sequence[Use]:
    """Which private distributions the active versions of all contexts import, by name and version."""
    found: dict[tuple[str, str, str], list[str]] = {}
    with services.catalog.read() as reader:
        contexts = reader.contexts()
    for context in contexts:
        for package in services.engine.binding(context.context_id).active.packages:
            for one in services.snapshots.manifest(package.digest).private:
                users = found.setdefault((one.name, one.version, one.digest), [])
                users.append(f"{package.label} in {context.context_id}")
    return [
        Use(name=name, version=version, digest=digest, used_by=tuple(found[name, version, digest]))
        for name, version, digest in sorted(found)
    ]


def available() -> Sequence[AvailableDistribution]:
    """The distributions of this environment that are packages; nothing of them is imported."""
    from peers_runtime.projects import distributions

    return distributions.available()
