"""`runtime.components`: the status of components, what was published of them, and going back to that.

On a host's start path: imports late.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from peers_runtime.host.acts import Acts
    from peers_runtime.model.components import ComponentState, Publication, Restored


class Components:
    """The components of projects, and of the packages that were made of them in a context."""

    def __init__(self, runtime: Acts) -> None:
        self._runtime = runtime

    def list(
        self,
        path: str | os.PathLike[str] = ".",
        context: str = "personal",
        actor: str | None = None,
        *,
        version: str | None = None,
    ) -> Sequence[ComponentState]:
        """Each component of a project beside its last published version in the context, by name.

        With a `version`, those of that version of its package, with the numbers that they have there. Else
        package code runs, as for an installation. Raises what is wrong with the project, or `UnknownVersion`.
        """
        from peers_runtime.operations import components

        runtime = self._runtime
        if version is not None:
            return components.of_version(runtime.services, path, version, context, actor or runtime.actor)
        return components.states(runtime.services, path, context, actor or runtime.actor)

    def history(
        self, name: str, context: str = "personal", actor: str | None = None
    ) -> Sequence[Publication]:
        """What was published of a component in the context, by number.

        `name` is one that it had, its id, or either after its package's name: "notes.Home". Raises
        `UnknownComponent`, or `AmbiguousName` when several had the name.
        """
        from peers_runtime.operations import components

        runtime = self._runtime
        return components.history(runtime.services, name, context, actor or runtime.actor)

    def rollback(
        self,
        name: str,
        number: int | None = None,
        path: str | os.PathLike[str] = ".",
        context: str = "personal",
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Restored:
        """Put a published version of a component back into a project's files.

        Without a `number` it is the one before the last. The component is modified then, and the next package
        gives it the number after its last. What others use, too, is left as it is, and so is the definition:
        the answer names what differs still. All files are written or none. Raises what is wrong with the
        project, `UnknownComponent`, `AmbiguousName`, `NothingToGoBackTo`, `UnknownNumber`, `CannotGoBack`,
        `StillChanging` or `ProjectNotWritable`.
        """
        from peers_runtime.operations import going_back

        runtime = self._runtime
        return going_back.rollback(
            runtime.services, name, number, path, context, actor or runtime.actor, dry_run=dry_run
        )

    def discard(
        self,
        name: str,
        path: str | os.PathLike[str] = ".",
        context: str = "personal",
        actor: str | None = None,
        *,
        dry_run: bool = False,
    ) -> Restored:
        """Throw away what was changed of a component since it was last published; else as `rollback`."""
        from peers_runtime.operations import going_back

        runtime = self._runtime
        return going_back.discard(
            runtime.services, name, path, context, actor or runtime.actor, dry_run=dry_run
        )
