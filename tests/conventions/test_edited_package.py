"""What the benchmarks of the dev loop edit, and who follows it, is what they say."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import edited, following

OWN = following.OWN
SILENT = (
    "import json, sys; print(json.dumps({'ready': True}), flush=True); sys.stdin.readline(); sys.exit('gone')"
)


@pytest.mark.parametrize("kind", ["plain", "pydantic"])
def test_the_edited_package_has_twenty_modules_and_its_edited_one_300_lines(kind: str) -> None:
    files = edited.modules(OWN, kind)
    assert len([path for path in files if path.endswith(".py")]) == edited.MODULES
    assert files[edited.edited_path(OWN)].count("\n") == pytest.approx(300, abs=15)


def test_most_modules_have_models_only_where_models_are_asked_for() -> None:
    assert _with_models(edited.modules(OWN, "pydantic")) > edited.MODULES / 2
    assert _with_models(edited.modules(OWN, "plain")) == 0


def test_each_edit_has_its_own_answer_and_its_own_size() -> None:
    edits = [edited.edited(OWN, "plain", number) for number in range(100)]
    assert len({len(edit) for edit in edits}) == 100
    assert [_answer(edit) for edit in edits] == [str(number) for number in range(100)]


def test_a_floor_is_measured_and_its_parts_are_all_of_it(tmp_path: Path) -> None:
    command = following.python("floor", edited.edited_path(OWN))
    with following.Watching(tmp_path, "plain", command).ready() as floor:
        took = dict(floor.edit())
    everything = took.pop("all")
    assert took.keys() == {"notify", "read", "compile", "execute"}
    assert sum(took.values()) == pytest.approx(everything)


def test_who_ends_before_an_answer_is_not_measured_and_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SILENT]
    with (
        following.Watching(tmp_path, "plain", command).ready() as follower,
        pytest.raises(following.Unmeasured, match="it ended: gone"),
    ):
        follower.edit()


def _with_models(files: Mapping[str, str]) -> int:
    return sum("(BaseModel)" in text for text in files.values())


def _answer(edit: str) -> str:
    """What the module of this text answers; its neighbours are not there, and not needed."""
    module = ModuleType(OWN)
    exec(edit[edit.index("def answer") :], vars(module))
    found: str = module.answer()
    return found
