"""What a version's code has subscribed to ends with it, whichever way it goes."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest

from peers_runtime.contributions.belongings import Belongings
from peers_runtime.contributions.subscribers import Subscribers


class Version:
    """Its callback leads to it, as code does, and it to what it has subscribed to."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.belongings = Belongings()

    def hear(self, what: object) -> None:
        self.heard.append(what)


@pytest.fixture
def subscribers() -> Subscribers[str]:
    def failed(error: BaseException) -> None:
        raise error

    return Subscribers(failed)


@pytest.fixture
def version() -> Version:
    return Version()


def test_it_ends_in_the_context_that_the_version_leaves(
    version: Version, subscribers: Subscribers[str]
) -> None:
    other: Subscribers[str] = Subscribers(print)
    version.belongings.subscribe("acme", version.hear, subscribers.add)
    version.belongings.subscribe("acme", version.hear, subscribers.add)
    version.belongings.subscribe("globex", version.hear, other.add)
    subscribers.tell("first")
    version.belongings.leave("acme")
    version.belongings.leave("acme")
    subscribers.tell("second")
    other.tell("elsewhere")
    assert version.heard == ["first", "first", "elsewhere"]
    assert (len(subscribers), len(other)) == (0, 1)
    version.belongings.leave()
    assert len(other) == 0


def test_what_was_taken_back_is_not_undone_again(version: Version) -> None:
    undone: list[str] = []

    def add(told: Callable[[object], object]) -> Callable[[], object]:
        return lambda: undone.append("undone")

    version.belongings.subscribe("acme", version.hear, add)()
    version.belongings.leave("acme")
    assert undone == ["undone"]


def test_one_undo_that_fails_stops_no_other(version: Version, subscribers: Subscribers[str]) -> None:
    def fails() -> None:
        raise ValueError("no")

    version.belongings.subscribe("acme", version.hear, subscribers.add)
    version.belongings.subscribe("acme", version.hear, lambda _: fails)
    version.belongings.subscribe("acme", version.hear, subscribers.add)
    with pytest.raises(ValueError, match="no"):
        version.belongings.leave("acme")
    assert len(subscribers) == 0


def test_whoever_tells_does_not_keep_a_version(subscribers: Subscribers[str]) -> None:
    version = Version()
    undo = version.belongings.subscribe("acme", version.hear, subscribers.add)
    subscribers.tell("first")
    assert version.heard == ["first"]
    freed = weakref.ref(version)
    del version
    gc.collect()
    assert freed() is None
    subscribers.tell("second")
    assert len(subscribers) == 0
    undo()
