"""Which warnings were shown is remembered by category; a dropped realm's categories are forgotten."""

from __future__ import annotations

import gc
import warnings
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from tests.importing.realms import Workshop

PACKAGE = """
import warnings
class Old(DeprecationWarning):
    def told(self): ...
def tell():
    warnings.warn("said of the caller", Old, stacklevel=2)
"""

FILTERS = """
import re, warnings
class Old(UserWarning): ...
warnings.simplefilter("ignore", Old)
warnings.filterwarnings("ignore", module=__name__)
warnings.filterwarnings("ignore", "x", module=re.escape(__name__))
"""


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shown: list[str] = []
    monkeypatch.setattr(warnings, "showwarning", lambda message, *_: shown.append(str(message)))
    before = [*warnings.filters]
    yield
    assert shown in ([], ["said of the caller"])
    vars(warnings)["filters"][:] = before


@pytest.mark.parametrize("action", ["default", "once", "module", "always"])
def test_a_warning_that_was_shown_holds_no_dropped_realm(workshop: Workshop, action: Any) -> None:
    realm = workshop.realm({"notes.py": PACKAGE})
    warnings.simplefilter(action, realm.load("notes:Old"))
    realm.load("notes:tell")()
    category = weakref.ref(realm.load("notes:Old"))
    workshop.release(realm)
    gc.collect()
    assert category() is None
    assert workshop.reports == []


def test_filters_that_a_package_added_go_with_it_and_those_of_others_stay(workshop: Workshop) -> None:
    warnings.filterwarnings("ignore", "of a host", module="elsewhere")
    before = [*warnings.filters]
    realm = workshop.realm({"notes.py": FILTERS})
    realm.module("notes")
    assert len(warnings.filters) == len(before) + 3
    workshop.release(realm)
    assert [*warnings.filters] == before
