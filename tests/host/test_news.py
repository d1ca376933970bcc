"""How soon a look finds what others have changed in the home's own catalog: no clock passes in here."""

from __future__ import annotations

from pathlib import Path

import pytest

from peers_runtime.catalog import index
from peers_runtime.host.news import IndexNews
from peers_runtime.model.active import State
from tests.host.devices import Clock

PROMISED_S = 1.0


@pytest.fixture
def path(tmp_path: Path) -> str:
    written(str(tmp_path / "index.json"), 1)
    return str(tmp_path / "index.json")


@pytest.fixture
def news(path: str) -> IndexNews:
    return IndexNews(path, index.stamp(path))


def written(path: str, sequence: int) -> None:
    index.write(path, State(sequence, [], [], {}, []), "desk")


def looked(news: IndexNews, clock: Clock) -> bool:
    """One look, after the waiting for it."""
    assert news.wait(clock)  # type: ignore[arg-type]  # of a lock, this is all that is used
    return news.has_come()


def test_the_next_look_finds_a_change_and_that_is_twice_within_the_second_that_is_promised(
    news: IndexNews, path: str
) -> None:
    clock = Clock()
    assert not looked(news, clock)
    written(path, 2)
    assert looked(news, clock)
    assert clock.passed_s <= PROMISED_S / 2


def test_what_has_come_is_still_to_come_until_it_was_taken(news: IndexNews, path: str) -> None:
    written(path, 2)
    assert looked(news, Clock())
    assert looked(news, Clock())
    news.taken()
    assert not looked(news, Clock())


def test_a_writer_that_is_between_its_commit_and_its_index_is_waited_for(news: IndexNews, path: str) -> None:
    index.mark(path)
    assert not looked(news, Clock())
    written(path, 2)
    index.unmark(path)
    assert looked(news, Clock())


def test_the_change_of_a_writer_that_was_killed_there_comes_within_the_second(
    news: IndexNews, path: str
) -> None:
    """Whose index is never written: it is as long as its mark stands."""
    clock = Clock()
    index.mark(path)
    while not looked(news, clock):
        assert clock.passed_s < PROMISED_S
    assert clock.passed_s < PROMISED_S


def test_a_home_without_an_index_has_no_news(tmp_path: Path) -> None:
    assert not looked(IndexNews(str(tmp_path / "index.json"), None), Clock())
