"""The reference of realms names exactly the features that there are tests for."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from docs._render import realms

FEATURES = Path(__file__).with_name("features")


def test_every_feature_is_recorded_and_nothing_else() -> None:
    marked = [line for path in sorted(FEATURES.glob("test_*.py")) for line in _marked(path)]
    recorded = json.loads(realms.RECORD.read_text(encoding="utf-8"))
    assert sorted(marked) == sorted((each["group"], each["title"]) for each in recorded["features"]), (
        "run: python tests/importing/interpreters.py --record"
    )
    assert len(set(marked)) == len(marked)
    assert {group for group, _ in marked} == {*realms.GROUPS, "cannot"}


def test_every_test_of_a_feature_is_marked() -> None:
    for path in FEATURES.glob("test_*.py"):
        functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
        tests = [node.name for node in functions if node.name.startswith("test_")]
        assert len(_marked(path)) == len(tests), path.name


def test_what_does_not_work_somewhere_is_said() -> None:
    recorded = {"interpreters": ["3.11.2", "3.12.1", "3.13.0"]}
    feature = {"group": "imports", "title": "things", "works": ["3.12.1"]}
    assert realms._lines({**recorded, "features": [feature]}, "imports") == (
        "- things (**not on 3.11.2 and 3.13.0**)\n"
    )


def _marked(path: Path) -> list[tuple[str, str]]:
    return [
        (ast.literal_eval(node.args[1]), ast.literal_eval(node.args[0]))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "feature"
    ]
