"""What an author does with a project, by `Runtime`: checking and packing it, and locking what it needs.

On a host's start path: imports late.
"""

from __future__ import annotations

from peers_runtime.host.looking import PERSONAL, Looking

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os

    from peers_runtime.model.dependencies import Dependencies
    from peers_runtime.model.packed import Draft, Packed, Wheel
    from peers_runtime.model.projects import Checked


class Projects(Looking):
    """The acts of a `Runtime` on a project's folder `path`. With `dry_run` nothing is written."""

    actor: str

    def pack(
        self,
        path: str | os.PathLike[str],
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        version: str | None = None,
        previous: str | os.PathLike[str] | None = None,
        out: str | os.PathLike[str] = ".",
        dry_run: bool = False,
    ) -> Packed:
        """Pack a project's folder as a wheel in the folder `out`, which is made when it is not there.

        The context remembers the version, which is packed once, and the numbers that its components get by
        that. The answer says what is in the wheel, and what changed since `previous`, a
        packed wheel or "NAME@VERSION"; without it, since the latest version packed or released in the
        context. `version` is needed where [project] leaves it dynamic. A wheel is never replaced by another
        one. Package code runs, as for an installation. Takes a Writer. Raises what is wrong with the project,
        `InvalidVersion`, `PackageVersionExists`, `VersionNotGreater` or `WheelNotWritten`.
        """
        from peers_runtime.operations import pack

        return pack.pack(
            self.services,
            path,
            context,
            actor or self.actor,
            version=version,
            previous=previous,
            out=out,
            dry_run=dry_run,
        )

    def add_private(
        self,
        path: str | os.PathLike[str],
        *requirements: str,
        index: str | None = None,
        dry_run: bool = False,
    ) -> Dependencies:
        """Make Python distributions private ones of a project: `rt.add_private(".", "semver>=2,<3")`.

        They and all that they need are resolved by pip, from the package index at the address `index` or the
        one that pip is configured for, and locked in `peers.lock`; their wheels are kept in the home. What is
        locked already stays in its version, as far as that is possible. What the project shares with the host
        counts as the host has it. Raises what is wrong with the project, `InvalidSetting`, `Unresolvable`,
        `CompiledDistribution`, `WheelUnavailable`, `NoResolver` or `ProjectNotWritable`; the project is then
        as it was.
        """
        from peers_runtime.operations import dependencies

        return dependencies.add(self.services, path, requirements, index=index, dry_run=dry_run)

    def remove_private(
        self,
        path: str | os.PathLike[str],
        *names: str,
        index: str | None = None,
        dry_run: bool = False,
    ) -> Dependencies:
        """Take a project's private distributions away, and what only they needed. Raises as `add_private`."""
        from peers_runtime.operations import dependencies

        return dependencies.remove(self.services, path, names, index=index, dry_run=dry_run)

    def update_private(
        self,
        path: str | os.PathLike[str],
        *names: str,
        index: str | None = None,
        dry_run: bool = False,
    ) -> Dependencies:
        """Resolve and lock a project's private distributions anew: those named, or all.

        Raises as `add_private`.
        """
        from peers_runtime.operations import dependencies

        return dependencies.update(self.services, path, names, index=index, dry_run=dry_run)

    def add_packages(
        self,
        path: str | os.PathLike[str],
        *packages: str,
        context: str = PERSONAL,
        actor: str | None = None,
        dry_run: bool = False,
    ) -> Dependencies:
        """Let a project depend on packages of a context: `rt.add_packages(".", "notes>=1.2,<2")`.

        The newest version in the range that the context has released or packed, stable ones first, is locked
        in `peers.lock`, with all that it depends on. Without a range, that is what is compatible with the
        newest. The project imports them by their names, each in the version that it locked, whatever the
        context uses. Raises what is wrong with the project, `InvalidSetting`, `DependencyNotFound`,
        `VersionNotFound`, `CircularDependency`, `InvalidPackageDependency` or `ProjectNotWritable`; the
        project is then as it was.
        """
        from peers_runtime.operations import dependencies

        return dependencies.add_packages(
            self.services, path, packages, context, actor or self.actor, dry_run=dry_run
        )

    def remove_packages(
        self,
        path: str | os.PathLike[str],
        *names: str,
        context: str = PERSONAL,
        actor: str | None = None,
        dry_run: bool = False,
    ) -> Dependencies:
        """Let a project depend on these packages no more. Raises as `add_packages`."""
        from peers_runtime.operations import dependencies

        return dependencies.remove_packages(
            self.services, path, names, context, actor or self.actor, dry_run=dry_run
        )

    def update_packages(
        self,
        path: str | os.PathLike[str],
        *names: str,
        context: str = PERSONAL,
        actor: str | None = None,
        dry_run: bool = False,
    ) -> Dependencies:
        """Lock the newest versions of the packages that a project depends on: those named, or all.

        Raises as `add_packages`.
        """
        from peers_runtime.operations import dependencies

        return dependencies.update_packages(
            self.services, path, names, context, actor or self.actor, dry_run=dry_run
        )

    def draft(
        self, path: str | os.PathLike[str] = ".", context: str = PERSONAL, *, version: str | None = None
    ) -> Draft:
        """The package that a project's folder would be made now: the same as `pack` would say of it.

        A version that `pack` would refuse, because it is not above all that the context has released, is told
        as a warning. Read anew by each call; nothing is stored. Package code runs, as for an installation.
        `version` is needed where [project] leaves it dynamic. Raises what else `pack` does for a project.
        """
        from peers_runtime.operations import pack

        return pack.draft(self.services, path, context, version)

    def check(self, path: str | os.PathLike[str] = ".", *, version: str | None = None) -> Checked:
        """All that is wrong with a project's folder, as far as it can be told at once.

        Errors are whatever an installation or packing would refuse; warnings are what its author may want to
        know. Package code runs, as for an installation, unless it does not compile. Nothing is installed or
        stored, but for what the project has locked and this device lacks. `version` is needed where [project]
        leaves it dynamic. Raises `NoPackageThere` for what is no folder with a pyproject.toml.
        """
        from peers_runtime.operations import check

        return check.check(self.services, path, version)

    def look_into(self, wheel: str | os.PathLike[str]) -> Wheel:
        """What is in a packed wheel, read as hostile; nothing is installed. Raises `BadWheel`."""
        from peers_runtime.operations import pack

        return pack.look_into(wheel)

    def dependencies(self, path: str | os.PathLike[str]) -> Dependencies:
        """What a project's folder asks for, and what its `peers.lock` holds; only read."""
        from peers_runtime.operations import dependencies

        return dependencies.look(path)
