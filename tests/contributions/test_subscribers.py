"""Telling those who want to hear of something."""

import pytest

from peers_runtime.contributions.subscribers import Subscribers


@pytest.fixture
def failures():
    return []


def test_subscribers_are_told_in_the_order_of_their_subscription(failures):
    told, subscribers = [], Subscribers(failures.append)
    subscribers.add(lambda said: told.append(("first", said)))
    subscribers.add(lambda said: told.append(("second", said)))
    subscribers.tell(7)
    assert told == [("first", 7), ("second", 7)]


def test_who_has_left_is_told_no_more_and_may_leave_twice(failures):
    told, subscribers = [], Subscribers(failures.append)
    leave = subscribers.add(told.append)
    leave()
    leave()
    subscribers.tell(7)
    assert told == []
    assert len(subscribers) == 0


def test_what_one_subscriber_raises_keeps_nothing_from_the_others(failures):
    told, subscribers = [], Subscribers(failures.append)
    subscribers.add(lambda said: 1 / 0)
    subscribers.add(told.append)
    subscribers.tell(7)
    assert told == [7]
    assert [type(error) for error in failures] == [ZeroDivisionError]


def test_an_interrupt_is_no_failure_of_a_subscriber(failures):
    def interrupted(said):
        raise KeyboardInterrupt

    subscribers = Subscribers(failures.append)
    subscribers.add(interrupted)
    with pytest.raises(KeyboardInterrupt):
        subscribers.tell(7)
    assert failures == []


def test_a_subscriber_may_leave_while_it_is_told(failures):
    told, subscribers = [], Subscribers(failures.append)

    def once(said):
        told.append(said)
        leave()

    leave = subscribers.add(once)
    subscribers.tell(7)
    subscribers.tell(8)
    assert told == [7]


def test_the_first_to_come_and_the_last_to_go_are_noticed(failures):
    seen = []
    subscribers = Subscribers(failures.append, lambda: seen.append("first"), lambda: seen.append("last"))
    leave = subscribers.add(print)
    also = subscribers.add(print)
    leave()
    assert seen == ["first"]
    also()
    also()
    assert seen == ["first", "last"]
    subscribers.add(print)
    assert seen == ["first", "last", "first"]


def test_nobody_is_subscribed_when_the_first_one_cannot_come(failures):
    def refused():
        raise RuntimeError("no source")

    subscribers = Subscribers(failures.append, refused)
    with pytest.raises(RuntimeError):
        subscribers.add(print)
    assert len(subscribers) == 0
