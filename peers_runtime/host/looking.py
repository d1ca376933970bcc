"""What can be asked of a `Runtime` about packages and versions.

On a host's start path: imports late.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from peers_runtime.model.catalog import Package, PackageVersion
    from peers_runtime.model.dependencies import Use
    from peers_runtime.model.differences import Diff
    from peers_runtime.model.manifest import Manifest
    from peers_runtime.model.resolved import Resolved
    from peers_runtime.operations.inspect import Told
    from peers_runtime.operations.services import Services
    from peers_runtime.projects.distributions import AvailableDistribution
    from peers_runtime.rules.resolution import Resolution

PERSONAL = "personal"


class Looking:
    """The questions of a `Runtime`. None changes anything; each reads the catalog as it is now."""

    @property
    def services(self) -> Services:
        raise NotImplementedError

    def packages(self, context: str = PERSONAL) -> Sequence[Package]:
        """The packages installed in a context, by name."""
        from peers_runtime.operations import inspect

        return inspect.packages(self.services, context)

    def versions(self, name: str, context: str = PERSONAL) -> Sequence[PackageVersion]:
        """Every version of a package in a context, in order of creation."""
        from peers_runtime.operations import inspect

        return inspect.versions(self.services, name, context)

    def history(self, name: str, context: str = PERSONAL) -> Sequence[Told]:
        """Every version of a package with what happened to it, and what is wrong with that: verified now."""
        from peers_runtime.operations import inspect

        return inspect.history(self.services, name, context)

    def resolve(self, name: str, context: str = PERSONAL) -> Resolution:
        """The version that is active here, and the reason."""
        from peers_runtime.operations import inspect

        return inspect.resolve(self.services, name, context)

    def manifest(self, name: str, context: str = PERSONAL, version: str | None = None) -> Manifest:
        """What a version contributes, as data; without `version` the active one."""
        from peers_runtime.operations import inspect

        return inspect.manifest(self.services, name, context, version)

    def diff(self, a: str | os.PathLike[str], b: str | os.PathLike[str], context: str = PERSONAL) -> Diff:
        """What differs between two versions of a package, and which version that calls for.

        Each is `NAME@VERSION`, the digest of a snapshot that the context has or at least 12 characters of it,
        a wheel, or a project's folder, which is captured now; a path that looks like one of the others begins
        with `./`. Nothing is stored. Package code runs for a folder, and for a wheel that another tool made,
        as for an installation. Raises `UnknownPackage`, `UnknownVersion`, `DifferentPackages`, and what is
        wrong with a source.
        """
        from peers_runtime.operations import diff

        return diff.diff(self.services, a, b, context)

    def resolved(
        self,
        name: str,
        version: str | None = None,
        include_dependencies: bool = False,
        context: str = PERSONAL,
    ) -> Resolved:
        """A version's components and assets, the same for ever; without `version` those of the active one.

        With `include_dependencies` all that it depends on, too, itself or through others, each by
        "projectId@version".
        """
        from peers_runtime.operations import inspect

        return inspect.resolved(
            self.services, name, context, version, include_dependencies=include_dependencies
        )

    def private_uses(self) -> Sequence[Use]:
        """Which private distributions the active versions of this home import, and whose they are."""
        from peers_runtime.operations import inspect

        return inspect.private_uses(self.services)

    def available(self) -> Sequence[AvailableDistribution]:
        """The distributions of this environment that are packages; nothing of them is imported."""
        from peers_runtime.operations import inspect

        return inspect.available()
