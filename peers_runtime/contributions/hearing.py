"""Hearing of what changes in a context: one way for tables, observables, events, variables and contracts.

A subscription belongs to who subscribes. A version's own ends when the version leaves the context; the host's
stays, whatever versions come and go.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from peers_runtime.base import errors
from peers_runtime.contributions import interrupts
from peers_runtime.contributions.names import Names
from peers_runtime.contributions.ports import Contributor, Report, package_of

Undo = Callable[[], None]
Callback = Callable[[Any], object]


class _Item(Protocol):
    """A table, an observable or an event of a version."""

    @property
    def contributor(self) -> Contributor: ...


Item = TypeVar("Item", bound=_Item)


class Hearing(NamedTuple, Generic[Item]):
    """How whoever looks at a context hears of one kind of items there.

    `owner` is the version whose code looks, None for the host's. `newest()` gives the items of the versions
    that are active by then.
    """

    context_id: str
    owner: Contributor | None
    newest: Callable[[], Names[Item]]
    report: Report

    def subscribe(self, what: str, callback: Callback, add: Callable[[Callback], Undo]) -> Undo:
        """Hand a callback to `add`, which answers with the undo, and let it belong to who looks.

        What the callback raises is listed as a diagnostic that names `what`.
        """
        return self.keep(partial(self._tell, what, callback), add)

    def keep(self, callback: Callback, add: Callable[[Callback], Undo]) -> Undo:
        """`subscribe` for who lists himself what a callback raises."""
        if self.owner is None:
            return add(callback)
        return self.owner.belongings.subscribe(self.context_id, callback, add)

    def judge(self, item: Item, item_id: str) -> Callable[[], Item | None]:
        """Whose model what is told comes in: that of the version which is active by then.

        None when there is none. A version hears of its own members in its own model.
        """
        if item.contributor is self.owner:
            return lambda: item
        newest = self.newest

        def judge() -> Item | None:  # holds no version
            known = newest()
            return known.find(item_id) if item_id in known else None

        return judge

    def owns(self, contributor: Contributor) -> bool:
        """Whether the code that looks is of the same package."""
        return self.owner is not None and package_of(self.owner) == package_of(contributor)

    def _tell(self, what: str, callback: Callback, told: Any) -> None:
        try:
            callback(told)
        except BaseException as error:
            if interrupts.is_interrupt(error):
                raise
            self._failed(what, error)

    def _failed(self, what: str, error: BaseException) -> None:
        subject = what if self.owner is None else self.owner.label
        if isinstance(error, errors.PeersError):
            code, message, hint = error.code, error.message, error.hint
        else:
            code, hint = errors.SubscriberFailed.code, "the others were told; mend the callback"
            message = f"a subscriber of {what} raised {type(error).__name__}: {error}"
        if self.owner is not None:
            message = self.owner.logical(message)
        self.report(code, message, hint, subject, self.context_id)
