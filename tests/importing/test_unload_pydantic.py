"""pydantic keeps what generic models were made of; a dropped realm's classes are taken out of that."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import pytest
from pydantic import BaseModel
from pydantic._internal import _generics

from tests.importing.realms import Workshop

PACKAGE = """
from typing import Annotated, Generic, TypeVar
from pydantic import BaseModel, Field

Item = TypeVar("Item")

class Note(BaseModel):
    title: str = "x"
    def shown(self):  # its globals are the module: what holds the class holds all
        return self.title

class Page(BaseModel, Generic[Item]):
    items: list[Item]
    def first(self):
        return self.items[0]

class Mark:
    def made(self):
        return Mark
"""
Item = TypeVar("Item")


class Box(BaseModel, Generic[Item]):
    """A host's own generic model."""

    item: Item


@pytest.fixture
def kept() -> Iterator[set[Any]]:
    """What is in the cache before and after."""
    before = set(_generics._GENERIC_TYPES_CACHE.data)
    yield before
    gc.collect()
    assert set(_generics._GENERIC_TYPES_CACHE.data) <= before


@pytest.mark.parametrize(
    "use",
    [
        "Notes = Page[Note]",
        "Notes = Page[dict[str, list[Note]]]",
        "Notes = Page[Note | None]",
        "Notes = Page[Annotated[int, Mark()]]",
        "class Notes(Page[Note]): ...",
        "Numbers = Page[int]",
        "Pages = Page[Item]",
    ],
)
def test_parametrized_models_hold_no_dropped_realm(workshop: Workshop, kept: set[Any], use: str) -> None:
    realm = workshop.realm({"notes.py": f"{PACKAGE}\n{use}\n"}, declared=["pydantic"])
    model = weakref.ref(realm.load("notes:Page"))
    workshop.release(realm)
    gc.collect()
    assert model() is None
    assert workshop.reports == []


def test_a_hosts_generic_model_made_of_a_packages_class_holds_no_dropped_realm(
    workshop: Workshop, kept: set[Any]
) -> None:
    realm = workshop.realm({"notes.py": PACKAGE + "made = []\n"}, declared=["pydantic"])
    note = realm.load("notes:Note")
    realm.load("notes:made").append(Box[note])
    reference = weakref.ref(note)
    del note
    workshop.release(realm)
    gc.collect()
    assert reference() is None
    assert workshop.reports == []


def test_models_of_others_stay_what_they_are(workshop: Workshop) -> None:
    numbers = Box[int]
    realm = workshop.realm({"notes.py": f"{PACKAGE}Notes = Page[Note]\n"}, declared=["pydantic"])
    realm.module("notes")
    workshop.release(realm)
    assert Box[int] is numbers
