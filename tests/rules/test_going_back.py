"""Which files become those of a published version of a component: its own, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.base.canonical import digest
from peers_runtime.model.manifest import Definition, HookData, TableData, ToolData, UIData
from peers_runtime.rules import going_back
from peers_runtime.rules.going_back import Plan, Tree
from tests.rules.component_parts import CARD, FILES, HOME, manifest

Files = Mapping[str, str]


def tree(files: Files = FILES, uis: tuple[UIData, ...] = (HOME, CARD), **said: Any) -> Tree:
    described = Definition(
        package_id="p1", reference="notes.package:package", uis_module="notes.uis", uis=uis, **said
    )
    return Tree(
        "notes",
        described,
        manifest(files, ()).modules,
        {path: digest(text) for path, text in files.items()},
        lambda path: files[path].encode(),
    )


def gone_back(now: Files, then: Files, plan: Plan) -> dict[str, str]:
    kept = {path: text for path, text in now.items() if path not in plan.removed}
    return kept | {path: then[path] for path in plan.restored}


def planned(now: Files, then: Files = FILES, component: str = "u1", **more: Any) -> Plan:
    return going_back.plan(
        tree(now), tree(then), component, lambda plan: tree(gone_back(now, then, plan)), **more
    )


def without(*paths: str) -> Files:
    return {path: text for path, text in FILES.items() if path not in paths}


# What is changed of the files, and which files of Home are restored and removed then.
EDITED: list[tuple[Files, set[str], set[str]]] = [
    (FILES, set(), set()),
    ({**FILES, "notes/ui/lines.py": "1"}, {"notes/ui/lines.py"}, set()),
    (without("notes/ui/lines.py"), {"notes/ui/lines.py"}, set()),
    ({**FILES, "notes/deep/er.py": "1", "notes/ui/__init__.py": "1", "notes/uis.py": "1"}, set(), set()),
    ({**FILES, "notes/store.py": "1", "notes/ui/card.py": "1", "notes/logo.svg": "1"}, set(), set()),
    (
        {**FILES, "notes/ui/home.py": "from notes import new", "notes/new.py": "import notes.newer"}
        | {"notes/newer.py": "from notes import store", "notes/unused.py": ""},
        {"notes/ui/home.py"},
        {"notes/new.py", "notes/newer.py"},
    ),
    (
        {**FILES, "notes/ui/home.py": "from notes import new", "notes/new.py": ""}
        | {"notes/tools.py": "from notes import store, new", "notes/package.py": "from notes import tools"},
        {"notes/ui/home.py"},
        set(),
    ),
    (  # what the published package had and Home did not use is no file of Home's to remove
        {**FILES, "notes/ui/home.py": "from notes import readme", "notes/readme.md": "1"},
        {"notes/ui/home.py"},
        set(),
    ),
]


@pytest.mark.parametrize(("now", "restored", "removed"), EDITED)
def test_a_component_gets_its_own_files_back(now: Files, restored: set[str], removed: set[str]) -> None:
    found = planned(now)
    assert (found.restored, found.removed) == (restored, removed)


def test_files_that_are_to_be_left_are() -> None:
    now = {**FILES, "notes/ui/home.py": "from notes import new", "notes/new.py": "", "notes/ui/lines.py": "1"}
    assert planned(now, left={"notes/ui/lines.py"}).restored == {"notes/ui/home.py"}
    assert planned(now, left={"notes/new.py"}).removed == set()
    assert planned(now, may_remove=False) == Plan(planned(now).restored)


def test_a_module_that_a_package_of_others_hides_is_left() -> None:
    now = without("notes/deep/er.py") | {"notes/deep/er/__init__.py": "", "notes/ui/home.py": "1"}
    now["notes/tools.py"] = "import notes.deep.er"
    then = {**FILES, "notes/ui/card.py": ""}
    found = planned(now, then)
    assert found == Plan(frozenset({"notes/ui/home.py"}))
    result = gone_back(now, then, found)
    assert going_back.left(tree(result), tree(then), "u1") >= {"notes/deep/er.py"}


@pytest.mark.parametrize(
    "said",
    [
        {"routes_module": "notes.ui.lines"},
        {
            "tools": (
                ToolData(
                    tool_id="t",
                    name="t",
                    usage_description="",
                    input_schema={},
                    reference="notes.ui.lines:t",
                ),
            )
        },
        {
            "tables": (
                TableData(
                    table_id="t",
                    name="t",
                    version=1,
                    primary_key="id",
                    row_schema={},
                    reference="notes.ui.lines:t",
                ),
            )
        },
        {"hooks": (HookData(project_name="p", hook="h", reference="notes.ui.lines:h", argument_names=()),)},
        {
            "lifecycle_hooks": (
                HookData(
                    project_name="p", hook="peers_activated", reference="notes.ui.lines:h", argument_names=()
                ),
            )
        },
    ],
    ids=lambda said: next(iter(said)),
)
def test_all_that_a_definition_lists_reaches_files(said: dict[str, Any]) -> None:
    assert "notes/ui/lines.py" not in tree().of_others("u1")
    assert "notes/ui/lines.py" in tree(**said).of_others("u1")
    assert "notes/ui/home.py" not in tree(**said).of_others("u1")


def test_the_list_of_uis_reaches_what_it_imports_beside_the_component() -> None:
    files = {**FILES, "notes/uis.py": "from notes.ui.home import render\nimport notes.ui.lines"}
    found = tree(files).of_others("u1")
    assert {"notes/uis.py", "notes/ui/lines.py", "notes/ui/__init__.py"} <= found
    assert "notes/ui/home.py" not in found


def test_a_component_in_the_list_of_uis_shares_it_with_the_definition() -> None:
    said = HOME.model_copy(update={"reference": None})
    assert "notes/uis.py" in tree(uis=(said,)).of_others("u1")


def test_what_others_have_that_is_no_python_is_told() -> None:
    broken = {**FILES, "notes/store.py": "def", "notes/ui/lines.py": "def"}
    assert tree(broken).unread_of_others("u1") == {"notes/store.py"}
    assert tree().unread_of_others("u1") == set()


def test_what_differs_still_is_told() -> None:
    now = {**FILES, "notes/deep/er.py": "import notes.new", "notes/new.py": ""}
    del now["notes/deep/est.py"]
    found = going_back.left(tree(now), tree(), "u1")
    assert found == {"notes/deep/er.py", "notes/deep/est.py", "notes/new.py"}
    assert going_back.left(tree(), tree(), "u1") == set()


def test_what_definitions_say_differently_of_a_component_is_told() -> None:
    then = tree().definition
    other = HOME.model_copy(update={"name": "Start", "props_schema": {"type": "object"}})
    for uis, fields in (
        ((HOME, CARD.model_copy(update={"name": "Other"})), ()),
        ((other,), ("name", "propsSchema")),
        ((HOME, other.model_copy(update={"target": "text"})), ("target",)),
    ):
        assert going_back.listed_otherwise(tree(uis=uis).definition, then, "u1") == fields


PATHS = [path for path in FILES if path != "notes/package.py"]
NAMES = ("notes", "notes.ui", *(f"notes.{one}" for one in ("tools", "store", "deep.er", "deep.est", "new")))
NAMES += ("notes.ui.home", "notes.ui.card", "notes.ui.lines", "notes.uis")
texts = st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(
    lambda names: "".join(f"import {name}\n" for name in names)
)
trees = st.dictionaries(
    st.sampled_from([*PATHS, "notes/new.py", "notes/ui/lines/__init__.py", "notes/ui/home/__init__.py"]),
    texts,
    min_size=4,
)


@given(trees, trees, st.sampled_from(["u1", "u2"]))
def test_nothing_that_others_reach_is_touched(now: Files, then: Files, component: str) -> None:
    plan = planned(now, then, component)
    result = gone_back(now, then, plan)
    changed = {path for path in {*now, *result} if now.get(path) != result.get(path)}
    assert changed == plan.restored | plan.removed
    other = "u2" if component == "u1" else "u1"
    assert tree(result).of(other) == tree(now).of(other)
    assert not changed & tree(now).of_others(component)
    assert not changed & tree(result).of_others(component)
    assert plan.restored <= tree(then).of(component)
    assert plan.removed <= tree(now).of(component) - then.keys()
    assert not planned(result, then, component).restored
    importable = {module.path for module in tree(result).modules}
    assert {path for path in plan.restored if path.endswith(".py")} <= importable


@given(trees, trees)
def test_what_is_left_is_what_differs(now: Files, then: Files) -> None:
    result = gone_back(now, then, planned(now, then))
    left = going_back.left(tree(result), tree(then), "u1")
    same = {path: result[path] for path in tree(result).of("u1")} == {
        path: then[path] for path in tree(then).of("u1")
    }
    assert same == (not left)
