from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.fakes.versions import FakeVersion

IDS = """
PACKAGE = "0mwqffjy66ljt95on2890qzle"
CONTRACT = "0mwqffjyvth5laqd6pw8ttn45"
HOME = "0mwqffjzi4zen7dhmwgmkmbjf"
NOTE = "0mwqffk05p4qrpzcragf3dt61"
SEARCH = "0mwqffk2kyww0s59r0v8agfl9"
ADD = "0mwqffk0qrjuu9np2uuaft5el"
LIST = "0mwqffk1c3hc8cx5waxwfg02p"
NOTES = "0mwqffk1yugb2e7ml041psbwr"
"""

Make = Callable[..., FakeVersion]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """`make({"uis.py": …}, name="notes", version="1.0.0")`: a version whose files are as given."""
    made: list[FakeVersion] = []

    def make_version(files: Mapping[str, str], name: str = "notes", version: str = "1.0.0") -> FakeVersion:
        folder = tmp_path / f"{len(made)}"
        made.append(FakeVersion(folder, name, version).write({"ids.py": IDS, **files}))
        return made[-1]

    yield make_version
    for version in made:
        version.forget()
