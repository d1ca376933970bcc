"""Acts on several packages of a context at once: all of them, or nothing is changed.

On a host's start path: imports late.
"""

from __future__ import annotations

from peers_runtime.base import errors
from peers_runtime.host.looking import PERSONAL
from peers_runtime.host.projects import Projects

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from peers_runtime.model.decision import Decision


class Several(Projects):
    """Those acts of a `Runtime`: each is checked against the context as it will be, and switches it once.

    So packages that consume each other's contracts become active together, go on to their next versions
    together, and go together. The decisions come in the order in which the packages were given.
    """

    def install_all(
        self,
        sources: Sequence[str | os.PathLike[str]],
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        activate: bool = True,
        beside: Sequence[str | os.PathLike[str]] = (),
        dry_run: bool = False,
    ) -> Sequence[Decision]:
        """`install` of several sources; each decision has the version. They may depend on each other."""
        from peers_runtime.operations import install

        _refuse_one(sources, "sources")
        return install.install(
            self.services,
            sources,
            context,
            actor or self.actor,
            activate=activate,
            beside=beside,
            dry_run=dry_run,
        )

    def activate_all(
        self,
        versions: Mapping[str, str],
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        device: bool = False,
        dry_run: bool = False,
    ) -> Sequence[Decision]:
        """`activate` of a version of each package: `{"tasks": "2.0.0", "projects": "1.1.0"}`."""
        from peers_runtime.operations import activate

        acting = actor or self.actor
        return activate.activate_all(self.services, versions, context, acting, device=device, dry_run=dry_run)

    def promote_all(
        self,
        versions: Mapping[str, str],
        to: str,
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Sequence[Decision]:
        """`promote` of a version of each package: who follows the tag takes all of them at once."""
        from peers_runtime.operations import promote

        acting = actor or self.actor
        return promote.promote_all(self.services, versions, to, context, acting, dry_run=dry_run)

    def rollback_all(
        self,
        names: Sequence[str],
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Sequence[Decision]:
        """`rollback` of several packages, each to the version that was active before."""
        from peers_runtime.operations import activate

        _refuse_one(names, "names")
        acting = actor or self.actor
        return activate.rollback_all(self.services, names, context, acting, dry_run=dry_run)

    def disable_all(
        self,
        names: Sequence[str],
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Sequence[Decision]:
        """`disable` of several packages."""
        from peers_runtime.operations import activate

        _refuse_one(names, "names")
        acting = actor or self.actor
        return activate.disable(self.services, names, context, acting, dry_run=dry_run)

    def uninstall_all(
        self,
        names: Sequence[str],
        context: str = PERSONAL,
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Sequence[Decision]:
        """`uninstall` of several packages."""
        from peers_runtime.operations import activate

        _refuse_one(names, "names")
        acting = actor or self.actor
        return activate.uninstall(self.services, names, context, acting, dry_run=dry_run)


def _refuse_one(given: object, what: str) -> None:
    """Raises `InvalidSetting` for a text, which is a sequence of texts, too, and for one path."""
    if isinstance(given, str) or hasattr(given, "__fspath__"):
        raise errors.InvalidSetting(
            f"{str(given)!r} is not several {what}", hint=f"give a list of {what}", given=str(given)
        )
