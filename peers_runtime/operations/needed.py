"""Packages that a package depends on: locked in a version that its context has, and at hand where it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.dependencies import LockedPackage
from peers_runtime.model.manifest import Dependency, Manifest
from peers_runtime.operations import access, before
from peers_runtime.projects import environment, ranges
from peers_runtime.rules import dependencies

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader, Writer
    from peers_runtime.operations.services import Services


def newest(services: Services, name: str, version_range: str | None, context_id: str) -> Dependency:
    """The newest version of a package that a context has released or packed, and not yanked.

    Of a `version_range`, or of all; stable ones come before all others. Raises `DependencyNotFound` or
    `VersionNotFound`.
    """
    with services.catalog.read() as reader:
        package_id, found = _candidates(reader, name, context_id)
    stable = [version for version, (_, is_stable) in found.items() if is_stable]
    for known in (stable, list(found)):
        fitting = ranges.fitting(version_range or "", known)
        if fitting:
            digest, _ = found[fitting[0]]
            return Dependency(name=name, project_id=package_id, version=fitting[0], digest=digest)
    wanted = f" in {version_range}" if version_range else ""
    raise errors.VersionNotFound(
        f"context {context_id!r} has released or packed no version of {name}{wanted}; "
        f"there are: {', '.join(ranges.fitting('', found)) or 'none'}",
        hint=f"a dev version does not count; release it: peers promote {name} VERSION --to beta",
        package=name,
        range=version_range,
        known=sorted(found),
    )


def refuse_itself(name: str, wanted: str) -> None:
    """Raises `CircularDependency` when a project called `name` asks for itself, released or not."""
    if wanted == name:
        raise dependencies.circular([name, wanted])


def locked(
    services: Services, name: str, direct: Mapping[str, Dependency], asked: Mapping[str, str]
) -> tuple[LockedPackage, ...]:
    """The whole closure of what a project called `name` depends on, by name and version.

    `asked` are its ranges. Raises what `rules.dependencies.closure` does, and `DependencyNotFound`.
    """
    found = dependencies.closure(name, list(direct.values()), needs(services, name))
    return tuple(
        LockedPackage(**dict(one), range=asked[one.name] if direct.get(one.name) == one else "")
        for one in found
    )


def manifests(services: Services, manifest: Manifest) -> tuple[Manifest, ...]:
    """Those of all that a package depends on, which are here. Raises as `locked`."""
    label = f"{manifest.name} {manifest.version}"
    found = dependencies.closure(
        manifest.name, manifest.dependencies, needs(services, label), manifest.version, manifest.package_id
    )
    return tuple(services.snapshots.manifest(one.digest) for one in found)


def putting(services: Services, given: Sequence[Manifest]) -> Callable[[Writer], None]:
    """What records snapshots, and those of all that they depend on. Raises as `manifests`, at once."""
    found = {one.id: one for each in given for one in (*manifests(services, each), each)}

    def put(writer: Writer) -> None:
        for one in found.values():
            writer.put_snapshot(one)

    return put


def check(label: str, found: Iterable[Manifest]) -> None:
    """Whether all that the version called `label` depends on can run here, as `environment.check` says."""
    for one in found:
        environment.check(one.requires, one.private, f"{one.name} {one.version}, which {label} depends on,")


def arrives(services: Services, digest: str) -> bool:
    """Have a snapshot or a private distribution here, from where homes exchange them; whether it is."""
    try:
        services.snapshots.fetch(digest)
    except errors.NotArrived:
        return False
    return services.snapshots.has(digest)


def yanked(reader: Reader, context_id: str, found: Iterable[Dependency]) -> Sequence[Dependency]:
    """Those of them that the context has yanked."""
    return [
        one
        for one in found
        if any(
            row.yanked and row.snapshot_digest == one.digest
            for row in reader.versions(context_id, one.project_id)
        )
    ]


def needs(
    services: Services, label: str, bring: Callable[[Dependency], bool] = lambda _: False
) -> dependencies.Needs:
    """What a snapshot depends on, which is had here for that; `bring` is asked for what does not arrive.

    It raises `DependencyNotFound`, naming the version called `label`.
    """

    def of(one: Dependency) -> Sequence[Dependency]:
        if not arrives(services, one.digest) and not bring(one):
            raise errors.DependencyNotFound(
                f"{label} depends on {one.label} (snapshot {one.digest[:12]}), which is not here",
                hint="install that, or give its packed wheel along: peers install SOURCE --with WHEEL",
                package=one.name,
                version=one.version,
                digest=one.digest,
            )
        return services.snapshots.manifest(one.digest).dependencies

    return of


def _candidates(reader: Reader, name: str, context_id: str) -> tuple[str, dict[str, tuple[str, bool]]]:
    """The id of a package, and its versions there: snapshot, and whether it is stable."""
    found = {one.name: one.package_id for one in reader.packed(context_id)}
    found |= {one.name: one.package_id for one in reader.packages(context_id)}
    if name not in found:
        raise errors.DependencyNotFound(
            f"context {context_id!r} has no package {name!r}{access.near(name, sorted(found))}",
            hint=f"install it there first: peers install SOURCE --context {context_id}",
            package=name,
            context=context_id,
        )
    known = before.known(reader, context_id, found[name])
    yanked_versions = {one.version for one in known.released if one.yanked}
    versions = {one.version: (one.snapshot_digest, False) for one in known.packed}
    versions |= {one.version: (one.snapshot_digest, one.version_tag == "stable") for one in known.released}
    return found[name], {each: one for each, one in versions.items() if each not in yanked_versions}
