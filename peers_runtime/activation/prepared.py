"""A set of versions that is loaded and checked, and not switched to yet.

On a host's start path: imports nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from peers_runtime.activation.active_set import ActiveSet
    from peers_runtime.activation.binding import Binding
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.model.active import ActivePackage


class Prepared:
    """A set that is loaded and checked, as the binding under which its versions were told so.

    `new` are the versions that the context has not yet, `fresh` those of them that nobody held before, `gone`
    those that it will no longer have.
    """

    __slots__ = ("binding", "fresh", "gone", "new")

    def __init__(
        self,
        binding: Binding,
        new: Sequence[ActiveVersion],
        fresh: Sequence[ActiveVersion],
        gone: Sequence[ActivePackage],
    ) -> None:
        self.binding = binding
        self.new = new
        self.fresh = fresh
        self.gone = gone

    @property
    def active(self) -> ActiveSet:
        return self.binding.active
