"""What a host does with packages: each method of `Runtime` that acts on one is one operation.

On a host's start path: imports late.
"""

from __future__ import annotations

from peers_runtime.host.looking import PERSONAL
from peers_runtime.host.several import Several

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from peers_runtime.model.catalog import PackageVersion
    from peers_runtime.model.decision import Decision


class Acts(Several):
    """The acts of a `Runtime`.

    Everywhere `name` is an import name or a package id; `version` a semver, which means the promoted row,
    else this device's dev row, or `SEMVER@DEVICE`, or a row's id. With `dry_run` nothing changes, and the
    decision says what would.
    """

    bundled: str | None = None  # the folder of the wheels that the host ships
    bundled_as: str = "stable"

    def install(
        self,
        source: str | os.PathLike[str],
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        activate: bool = True,
        beside: Sequence[str | os.PathLike[str]] = (),
    ) -> PackageVersion:
        """Install a folder, a wheel or `entry-point:NAME` as this device's dev version, and activate it here.

        `beside` it may lie the wheels of packages that it depends on and that are not in the home: they come
        along, and are no versions of the context. What the context has already, by content and version
        number, is not made anew. Where that is a release, it is what is answered and activated: used as the
        context does, or else on this device alone, which goes its own way from then on; see `activate`.

        Package code runs: its definition, routes and UIs modules are imported to see what it contributes.
        Raises `DependencyNotFound` for what is missing.
        """
        from peers_runtime.operations import install

        acting = actor or self.actor
        (done,) = install.install(self.services, [source], context, acting, activate=activate, beside=beside)
        assert done.version is not None  # it is about one
        return done.version

    def plan_install(
        self,
        source: str | os.PathLike[str],
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        activate: bool = True,
        beside: Sequence[str | os.PathLike[str]] = (),
    ) -> Decision:
        """What `install` would do, as a dry run: nothing is recorded and nothing goes live.

        Package code runs, as for an installation. Raises what `install` does, but for what shows only when a
        version is loaded.
        """
        from peers_runtime.operations import install

        acting = actor or self.actor
        (planned,) = install.install(
            self.services, [source], context, acting, activate=activate, beside=beside, dry_run=True
        )
        return planned

    def copy(
        self,
        name: str,
        from_context: str,
        to_context: str,
        actor: str | None = None,
        *,
        history: bool = False,
        dry_run: bool = False,
    ) -> Decision:
        """Bring the released version that one context uses here into another one, which is then set to it.

        Unless that one is set to something newer: then it is only stored there. With `history`, older
        releases come along, to roll back to with `to`: those that are whole here and not yanked. What
        happened to a version is signed for its context, so each begins a history of its own. Takes a reader
        there and an Admin here.
        """
        from peers_runtime.operations import provide

        acting = actor or self.actor
        return provide.copy(
            self.services, name, from_context, to_context, acting, history=history, dry_run=dry_run
        )

    def require(
        self, name: str, context: str = PERSONAL, actor: str | None = None, *, dry_run: bool = False
    ) -> Decision:
        """See to it that a context has a package.

        What it lacks comes from another context of this home, else from what the host ships (see
        `Runtime.open`). A shipped version that is newer than these is stored beside them, and policy decides
        whether it is used; an older one changes nothing. Files of a released version that have not arrived
        here are taken from what the host ships. Raises `UnknownPackage` when nobody has it.
        """
        from peers_runtime.operations import bundled, provide

        shipped = None if self.bundled is None else bundled.bundle(self.bundled, self.bundled_as)
        return provide.require(self.services, shipped, name, context, actor or self.actor, dry_run=dry_run)

    def promote(
        self,
        name: str,
        version: str,
        to: str,
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        digest: str | None = None,
        dry_run: bool = False,
    ) -> Decision:
        """Give a dev version the tag "beta" or "stable", or a beta version "stable"; its snapshot stays.

        Promoting the version that this device runs, to a tag that the context follows, makes it the active
        one of the context. Promoting to stable freezes its contracts. `digest` is the snapshot that the
        caller saw. Raises `NotPromotable`, `RoleTooLow`, `VersionExists`, `VersionMoved` or
        `ContractFrozen`.
        """
        from peers_runtime.operations import promote

        return promote.promote(
            self.services, name, version, to, context, actor or self.actor, digest=digest, dry_run=dry_run
        )

    def publish_key(
        self,
        name: str,
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        rotate: bool = False,
        dry_run: bool = False,
    ) -> Decision:
        """Let this device sign what it promotes of a package as the package's author.

        The first key that a context is given for a package is believed. With `rotate` a new key follows the
        present one, which signs that; a key that nobody has so introduced is refused by every device. Takes
        an Admin. Raises `KeyMismatch` on a device that has not the package's key.
        """
        from peers_runtime.operations import publishing

        return publishing.publish_key(
            self.services, name, context, actor or self.actor, rotate=rotate, dry_run=dry_run
        )

    def yank(
        self,
        name: str,
        version: str,
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Decision:
        """Take a released version out of circulation for good: it runs on where it was activated only."""
        from peers_runtime.operations import promote

        return promote.yank(self.services, name, version, context, actor or self.actor, dry_run=dry_run)

    def activate(
        self,
        name: str,
        version: str,
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        device: bool = False,
        dry_run: bool = False,
    ) -> Decision:
        """Make a version the active one: a dev version on this device, a promoted one in the whole context.

        The latter takes an Admin. With `device` a promoted version is activated on this device alone, which
        goes its own way from then on.
        """
        from peers_runtime.operations import activate

        return activate.activate(
            self.services, name, version, context, actor or self.actor, device=device, dry_run=dry_run
        )

    def rollback(
        self,
        name: str,
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        to: str | None = None,
        dry_run: bool = False,
    ) -> Decision:
        """Return to the version that was active before, or to an older one named with `to`.

        By itself, only what is newer than the version rolled back from becomes active then.
        """
        from peers_runtime.operations import activate

        return activate.rollback(self.services, name, context, actor or self.actor, to=to, dry_run=dry_run)

    def follow(
        self,
        name: str,
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        tags: str | None = None,
        range: str | None = None,  # noqa: A002  # the word of the records
        device: bool = False,
        dry_run: bool = False,
    ) -> Decision:
        """Follow tags ("stable", "beta", "stable,beta", "*") within a range.

        The range is "latest", "minor" (same major), "patch" (same major and minor) or "pinned". For the
        whole context, which takes an Admin, or with `device` for this device, which goes its own way from
        then on and may follow "dev" too. What is not given stays as it is.
        """
        from peers_runtime.operations import follow

        return follow.follow(
            self.services,
            name,
            context,
            actor or self.actor,
            tags=tags,
            range_=range,
            device=device,
            dry_run=dry_run,
        )

    def follow_group(
        self, name: str, context: str = PERSONAL, actor: str | None = None, *, dry_run: bool = False
    ) -> Decision:
        """Return this device to what the context does: no choice, no way and no pin of its own."""
        from peers_runtime.operations import follow

        return follow.follow_group(self.services, name, context, actor or self.actor, dry_run=dry_run)

    def pin(
        self, name: str, context: str = PERSONAL, actor: str | None = None, *, dry_run: bool = False
    ) -> Decision:
        """Let this device stay at the version that it runs, whatever the context does."""
        from peers_runtime.operations import follow

        return follow.pin(self.services, name, context, actor or self.actor, dry_run=dry_run)

    def unpin(
        self, name: str, context: str = PERSONAL, actor: str | None = None, *, dry_run: bool = False
    ) -> Decision:
        """Take this device's pin away."""
        from peers_runtime.operations import follow

        return follow.unpin(self.services, name, context, actor or self.actor, dry_run=dry_run)

    def disable(
        self, name: str, context: str = PERSONAL, actor: str | None = None, *, dry_run: bool = False
    ) -> Decision:
        """Let a package have no active version in a context until one is activated again."""
        from peers_runtime.operations import activate

        (done,) = activate.disable(self.services, [name], context, actor or self.actor, dry_run=dry_run)
        return done

    def uninstall(
        self, name: str, context: str = PERSONAL, actor: str | None = None, *, dry_run: bool = False
    ) -> Decision:
        """Remove a package from a context. The rows of its tables stay."""
        from peers_runtime.operations import activate

        (done,) = activate.uninstall(self.services, [name], context, actor or self.actor, dry_run=dry_run)
        return done
