"""`runtime.components`: the status of components, and what was published of them.

On a host's start path: imports late.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from peers_runtime.host.acts import Acts
    from peers_runtime.model.components import ComponentState, Publication


class Components:
    """The components of projects, and of the packages that were made of them in a context."""

    def __init__(self, runtime: Acts) -> None:
        self._runtime = runtime

    def list(
        self, path: str | os.PathLike[str] = ".", context: str = "personal", actor: str | None = None
    ) -> Sequence[ComponentState]:
        """Each component of a project beside its last published version in the context, by name.

        Package code runs, as for an installation. Raises what is wrong with the project.
        """
        from peers_runtime.operations import components

        runtime = self._runtime
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
