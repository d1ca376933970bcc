"""Names that are generated can be written in both languages, and are given once."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.interfaces import names

CLASSES = {
    "add_task": "AddTask",
    "addTask": "AddTask",
    "URL of it": "URLOfIt",
    "größe": "GrE",  # letters that are not ASCII part words
    "2do": "Named2do",
    "": "Named",
    "日本": "Named",
}
MODULES = {
    "Tasks": "tasks_2",
    "Task lists": "task_lists_2",
    "TaskLists": "task_lists_2",
    "HTTPThings": "http_things_2",
    "0mx234yf046d1gcfpxxyvh3i6": "contract_0mx234yf046d1gcfpxxyvh3i6_2",
    "2do": "contract_2do_2",
    "../../etc": "etc_2",
    "日本": "contract_2",
    "class": "class_2",
}


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_called_as_its_words_say(name: str) -> None:
    assert names.class_name(name) == CLASSES[name]


@pytest.mark.parametrize("name", MODULES)
def test_a_file_is_called_as_the_contract_and_its_version(name: str) -> None:
    assert names.module_name(name, 2) == MODULES[name]


@given(st.text(), st.integers(1, 10**6))
def test_whatever_a_name_is_it_can_be_written(name: str, version: int) -> None:
    for made in (names.class_name(name), names.module_name(name, version)):
        assert made.isascii()
        assert made.isidentifier()
        assert not keyword.iskeyword(made) or made in ("None", "True", "False")  # which are reserved


@given(st.lists(st.text(max_size=3), max_size=20))
def test_no_name_is_given_twice_and_no_reserved_one_ever(words: list[str]) -> None:
    given_names = names.Names({"None", "A"})
    made = [given_names.take(word) for word in words]
    assert len({*made, "None", "A"}) == len(made) + 2
