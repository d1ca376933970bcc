"""What a version is loaded from, as the lock of its realm. On the way to a first import: imports little."""

from __future__ import annotations

from peers_runtime.base import errors
from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock, Private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from peers_runtime.model.active import ActivePackage
    from peers_runtime.model.manifest import Dependency, Manifest, PrivateEntry
    from peers_runtime.operations.services import Services


def lock(
    name: str,
    version: str,
    digest: str,
    shared: Sequence[str],
    private: Sequence[PrivateEntry],
    origin: str | None,
    packages: Sequence[Lock] = (),
) -> Lock:
    """`shared` are the requirements that the host fulfils, `private` the distributions that come along.

    `packages` are the locks of those that it depends on. `origin` is the author's folder of a dev version.
    A life that has not ended: one whose code was told its end is not loaded again.
    """
    from peers_runtime.projects import environment

    declared = environment.import_names(shared, private)
    own = [Private(one.name, one.version, one.digest, one.imports) for one in private]
    return finder().living(Lock(name, version, digest, own, packages, declared, origin))


def packages(
    dependencies: Sequence[Dependency],
    manifest: Callable[[str], Manifest],
    made: dict[str, Lock] | None = None,
) -> list[Lock]:
    """The locks of what a package depends on itself, each with those of what it depends on in turn.

    Costs reading one manifest for each, with those that only others depend on.
    """
    made = {} if made is None else made
    for one in dependencies:
        if one.digest not in made:
            found = manifest(one.digest)
            below = packages(found.dependencies, manifest, made)
            made[one.digest] = lock(
                found.name, found.version, found.id, found.requires.shared, found.private, None, below
            )
    return [made[one.digest] for one in dependencies]


def require_kept(services: Services, packages: Sequence[ActivePackage]) -> None:
    """Raises `VersionNotKept` when another process could not load one of them."""
    drafts = [one for one in packages if services.snapshots.is_draft(one.digest)]
    if all(services.snapshots.has(one.digest) for one in drafts):
        return
    with services.engine.acts:  # whoever has made it live keeps it before they let this go
        missing = [one.label for one in drafts if not services.snapshots.has(one.digest)]
    if missing:
        raise errors.VersionNotKept(
            f"{', '.join(missing)} is tried out and not written yet, so no other process has it",
            hint="call the tool once the version is active, or without an executor",
            versions=missing,
        )
