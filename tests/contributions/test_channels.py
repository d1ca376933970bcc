"""What lives in a context while versions come and go."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from peers_runtime.contributions.channels import UNSET, Channels


class Source:
    """An event's source, which counts how often it is attached; it fails while it is broken."""

    def __init__(self) -> None:
        self.attached = 0
        self.broken = False

    def __call__(self, item_id: str) -> Callable[[], object]:
        if self.broken:
            raise RuntimeError("no source")
        self.attached += 1
        return self._detach

    def _detach(self) -> None:
        self.attached -= 1


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def failures() -> list[tuple[str, BaseException]]:
    return []


@pytest.fixture
def channels(source: Source, failures: list[Any]) -> Channels:
    return Channels(source, lambda item_id, error: failures.append((item_id, error)))


def test_a_value_is_kept_and_its_subscribers_hear_of_changes_only(channels: Channels) -> None:
    heard: list[Any] = []
    channels.channel("a").subscribers.add(heard.append)
    for value in (1, 1, True, 2, [1], [1]):
        channels.channel("a").set(value)
    assert heard == [1, True, 2, [1]]
    assert channels.channel("a").value == [1]


def test_a_first_value_is_no_change(channels: Channels) -> None:
    heard: list[Any] = []
    channels.channel("a").subscribers.add(heard.append)
    assert channels.channel("a").value is UNSET
    assert channels.channel("a").begin(5) == 5
    assert channels.channel("a").begin(6) == 5
    assert heard == []


def test_what_is_told_while_telling_comes_after_it_for_everybody(channels: Channels) -> None:
    first: list[int] = []
    second: list[int] = []

    def echo(told: int) -> None:
        first.append(told)
        if told < 3:
            channels.channel("a").tell(told + 1)

    channels.channel("a").subscribers.add(echo)
    channels.channel("a").subscribers.add(second.append)
    channels.channel("a").tell(1)
    assert first == second == [1, 2, 3]


def test_many_threads_tell_and_each_subscriber_hears_all_in_one_order(channels: Channels) -> None:
    first: list[int] = []
    second: list[int] = []
    channels.channel("a").subscribers.add(first.append)
    channels.channel("a").subscribers.add(second.append)

    def tell(start: int) -> None:
        for number in range(200):
            channels.channel("a").tell(start + number)

    threads = [threading.Thread(target=tell, args=(start,)) for start in (0, 1000, 2000, 3000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first == second
    assert sorted(first) == [start + number for start in (0, 1000, 2000, 3000) for number in range(200)]


def test_a_source_is_attached_only_while_somebody_listens(channels: Channels, source: Source) -> None:
    undo = channels.channel("a").subscribers.add(print)
    also = channels.channel("a").subscribers.add(print)
    assert source.attached == 1
    undo()
    assert source.attached == 1
    also()
    also()
    assert source.attached == 0


def test_other_versions_have_other_sources(channels: Channels, source: Source) -> None:
    channels.channel("a").subscribers.add(print)
    channels.channel("quiet")
    channels.reattach()
    assert source.attached == 1


def test_a_source_that_cannot_be_attached_anew_is_told_of_and_tried_again(
    channels: Channels, source: Source, failures: list[Any]
) -> None:
    channels.channel("a").subscribers.add(print)
    source.broken = True
    channels.reattach()
    assert [(item_id, str(error)) for item_id, error in failures] == [("a", "no source")]
    source.broken = False
    channels.reattach()
    assert source.attached == 1


def test_a_source_that_fails_to_be_detached_is_told_of_and_gone(failures: list[Any]) -> None:
    def detach() -> None:
        raise ValueError("stuck")

    channels = Channels(lambda _: detach, lambda item_id, error: failures.append((item_id, str(error))))
    channels.channel("a").subscribers.add(print)()
    assert failures == [("a", "stuck")]
    channels.channel("a").subscribers.add(print)
    channels.reattach()
    assert failures == [("a", "stuck")] * 2


def test_a_subscriber_that_raises_is_told_of_with_its_channel(
    channels: Channels, failures: list[Any]
) -> None:
    def wrong(told: object) -> None:
        raise ValueError("no")

    channels.channel("a").subscribers.add(wrong)
    channels.channel("a").tell(1)
    assert [(item_id, str(error)) for item_id, error in failures] == [("a", "no")]
