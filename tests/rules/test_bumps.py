"""What differs between two versions, and how far the later should be above the earlier."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.base.canonical import digest
from peers_runtime.model.contributions import AppNav
from peers_runtime.model.differences import Bump, Change
from peers_runtime.model.manifest import (
    ContractData,
    Definition,
    FileEntry,
    HookData,
    Manifest,
    PrivateEntry,
    Requires,
    RouteData,
    TableData,
    ToolData,
    UIData,
    VariableData,
)
from peers_runtime.model.versions import precedence
from peers_runtime.rules import bumps


def schema(*required: str) -> dict[str, Any]:
    return {"type": "object", "properties": {}, "required": list(required)}


HOME = RouteData(peers_ui_id="u1", path="notes")
PATTERN = RouteData(peers_ui_id="u1", pattern="n+")
UI = UIData(peers_ui_id="u1", name="Home", type="view", target="html")
TOOL = ToolData(tool_id="t1", name="add_note", usage_description="Add a note", input_schema=schema("title"))
VARIABLE = VariableData(variable_id="v1", name="limit", scope="user", value_schema={"type": "integer"})
TABLE = TableData(table_id="b1", name="Notes", version=1, primary_key="id", row_schema=schema("id"))
CONTRACT = ContractData(contract_id="c1", version=1, name="Notes", tools=("t1",))
HOOK = HookData(project_name="host", hook="colors", reference="notes.hooks:colors", argument_names=())
NAV = AppNav(name="notes")
ALL = {
    "routes": (HOME, PATTERN),
    "uis": (UI,),
    "tools": (TOOL,),
    "tables": (TABLE,),
    "contracts": (CONTRACT,),
    "hooks": (HOOK,),
    "app_navs": (NAV,),
}


def manifest(
    version: str = "1.2.3",
    files: dict[str, str] | None = None,
    shared: tuple[str, ...] = (),
    private: tuple[str, ...] = (),
    **parts: Any,
) -> Manifest:
    return Manifest(
        id="",
        name="notes",
        version=version,
        files=tuple(
            FileEntry(path=path, digest=digest(text), size=len(text)) for path, text in (files or {}).items()
        ),
        modules=(),
        requires=Requires(private=private, shared=shared),
        definition=Definition(**{"package_id": "p1", "reference": "notes.package:package", **parts}),
        created_at="",
        updated_at="",
    )


class Case(NamedTuple):
    what: str
    before: dict[str, Any]
    after: dict[str, Any]
    bump: Bump
    reason: str

    def __str__(self) -> str:
        return self.what


def changed(record: Any, **values: Any) -> Any:
    return record.model_copy(update=values)


NOTHING = "no contribution is gone or new, and nothing is newly required"
ASKS_MORE = schema("title", "body")
CASES = [
    Case("nothing differs", ALL, ALL, Bump.PATCH, NOTHING),
    Case("a route is gone", {"routes": (HOME,)}, {}, Bump.MAJOR, "the route notes is gone"),
    Case("a pattern is gone", {"routes": (PATTERN,)}, {}, Bump.MAJOR, "the route n+ is gone"),
    Case("a UI is gone", {"uis": (UI,)}, {}, Bump.MAJOR, "the UI Home is gone"),
    Case("a tool is gone", {"tools": (TOOL,)}, {}, Bump.MAJOR, "the tool add_note is gone"),
    Case("a variable is gone", {"variables": (VARIABLE,)}, {}, Bump.MAJOR, "the variable limit is gone"),
    Case("a variable is new", {}, {"variables": (VARIABLE,)}, Bump.MINOR, "the variable limit is new"),
    Case("a table is gone", {"tables": (TABLE,)}, {}, Bump.MAJOR, "the table Notes is gone"),
    Case(
        "a contract is gone",
        {"contracts": (CONTRACT,)},
        {},
        Bump.MAJOR,
        "the contract Notes (version 1) is gone",
    ),
    Case("a hook is gone", {"hooks": (HOOK,)}, {}, Bump.MAJOR, "the hook host:colors is gone"),
    Case("an app nav is gone", {"app_navs": (NAV,)}, {}, Bump.MAJOR, "the app nav notes is gone"),
    Case("a route is new", {}, {"routes": (HOME,)}, Bump.MINOR, "the route notes is new"),
    Case("a UI is new", {}, {"uis": (UI,)}, Bump.MINOR, "the UI Home is new"),
    Case("a tool is new", {}, {"tools": (TOOL,)}, Bump.MINOR, "the tool add_note is new"),
    Case(
        "a tool has another name",
        {"tools": (TOOL,)},
        {"tools": (changed(TOOL, name="add"),)},
        Bump.MAJOR,
        "the tool add_note is gone",
    ),
    Case(
        "a UI has another name",
        {"uis": (UI,)},
        {"uis": (changed(UI, name="Start"),)},
        Bump.PATCH,
        NOTHING,
    ),
    Case(
        "a contract has another version",
        {"contracts": (CONTRACT,)},
        {"contracts": (changed(CONTRACT, version=2),)},
        Bump.MAJOR,
        "the contract Notes (version 1) is gone",
    ),
    Case(
        "a contract has a further version",
        {"contracts": (CONTRACT,)},
        {"contracts": (CONTRACT, changed(CONTRACT, version=2))},
        Bump.MINOR,
        "the contract Notes (version 2) is new",
    ),
    Case(
        "a tool asks for more",
        {"tools": (TOOL,)},
        {"tools": (changed(TOOL, input_schema=ASKS_MORE),)},
        Bump.MAJOR,
        "the tool add_note newly requires body",
    ),
    Case(
        "a tool asks for less",
        {"tools": (changed(TOOL, input_schema=ASKS_MORE),)},
        {"tools": (TOOL,)},
        Bump.PATCH,
        NOTHING,
    ),
    Case(
        "a UI asks for props",
        {"uis": (UI,)},
        {"uis": (changed(UI, props_schema=schema("note")),)},
        Bump.MAJOR,
        "the UI Home newly requires note",
    ),
    Case(
        "a table asks for more",
        {"tables": (TABLE,)},
        {"tables": (changed(TABLE, row_schema=schema("id", "tag")),)},
        Bump.MAJOR,
        "the table Notes newly requires tag",
    ),
    Case(
        "a hook's code is elsewhere",
        {"hooks": (HOOK,)},
        {"hooks": (changed(HOOK, reference="notes.more:colors"),)},
        Bump.PATCH,
        NOTHING,
    ),
    Case(
        "one is gone and one is new",
        {"uis": (UI,)},
        {"tools": (TOOL,)},
        Bump.MAJOR,
        "the UI Home is gone",
    ),
    Case(
        "a requirement is new",
        {},
        {"shared": ("httpx>=1",)},
        Bump.MAJOR,
        "the host newly needs httpx>=1",
    ),
    Case(
        "a requirement asks for more",
        {"shared": ("httpx>=1",)},
        {"shared": ("httpx>=1.2",)},
        Bump.MAJOR,
        "the host newly needs httpx>=1.2",
    ),
    Case(
        "requirements ask for less",
        {"shared": ("click", "httpx>=1.2")},
        {"shared": ("httpx>=1",)},
        Bump.PATCH,
        NOTHING,
    ),
    Case("a private requirement is new", {}, {"private": ("semver",)}, Bump.PATCH, NOTHING),
    Case(
        "consumers of a contract may lose",
        {"tools": (TOOL,), "contracts": (CONTRACT,)},
        {"tools": (changed(TOOL, is_async=True),), "contracts": (CONTRACT,)},
        Bump.MAJOR,
        "the contract Notes (version 1): tool add_note: async: was no, is yes",
    ),
    Case(
        "consumers of a contract gain",
        {"tools": (TOOL,), "contracts": (CONTRACT,)},
        {"tools": (changed(TOOL, output_schema=schema()),), "contracts": (CONTRACT,)},
        Bump.MINOR,
        "the contract Notes (version 1): tool add_note: result: was nothing, is there",
    ),
    Case(
        "a contract's tool is described otherwise",
        {"tools": (TOOL,), "contracts": (CONTRACT,)},
        {"tools": (changed(TOOL, usage_description="Note it"),), "contracts": (CONTRACT,)},
        Bump.PATCH,
        NOTHING,
    ),
    Case(
        "only files differ",
        {"files": {"notes/a.py": "1", "notes/b.py": "1"}},
        {"files": {"notes/a.py": "2", "notes/c.py": "1"}},
        Bump.PATCH,
        NOTHING,
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bump_is_suggested_as_the_table_says(case: Case) -> None:
    found = bumps.compare(manifest(**case.before), manifest(**case.after)).suggestion
    assert (found.bump, found.reasons) == (case.bump, (case.reason,))


def test_changes_name_contributions_then_requirements_and_then_files() -> None:
    before = manifest(
        files={"notes/a.py": "1", "notes/b.py": "1"},
        shared=("click", "pydantic>=2"),
        uis=(UI,),
        tools=(TOOL,),
    )
    after = manifest(
        files={"notes/a.py": "22", "notes/c.py": "1"},
        shared=("httpx>=1", "pydantic>=2"),
        private=("semver",),
        routes=(HOME,),
        tools=(changed(TOOL, input_schema=ASKS_MORE),),
    )
    assert bumps.compare(before, after).changes == (
        Change(kind="route", name="notes", change="added"),
        Change(kind="UI", name="Home", change="removed"),
        Change(kind="tool", name="add_note", change="changed", needs=("body",)),
        Change(kind="requirement", name="click", change="removed"),
        Change(kind="requirement", name="httpx", change="added", needs=("httpx>=1",)),
        Change(kind="private requirement", name="semver", change="added"),
        Change(kind="file", name="notes/a.py", change="changed", size_before=1, size_after=2),
        Change(kind="file", name="notes/b.py", change="removed", size_before=1),
        Change(kind="file", name="notes/c.py", change="added", size_after=1),
    )


def test_what_private_requirements_were_resolved_to_is_compared_by_wheel() -> None:
    def carrying(**versions: str) -> Manifest:
        private = tuple(
            PrivateEntry(
                name=name,
                version=version,
                digest=f"content of {name} {version}",
                wheel=FileEntry(path=f"{name}.whl", digest=f"{name} {version}", size=1),
                imports=(name,),
            )
            for name, version in versions.items()
        )
        return manifest().model_copy(update={"private": private})

    found = bumps.compare(carrying(kept="1", gone="1", up="1"), carrying(kept="1", new="1", up="2"))
    assert found.changes == (
        Change(kind="private distribution", name="gone", change="removed"),
        Change(kind="private distribution", name="new", change="added"),
        Change(kind="private distribution", name="up", change="changed"),
    )
    assert found.suggestion.bump is Bump.PATCH


def test_a_contract_changes_with_its_shape_and_not_with_what_describes_it() -> None:
    was = manifest(tools=(TOOL,), contracts=(CONTRACT,))
    described = changed(TOOL, usage_description="Note it", reference="notes.tools:add")
    now = manifest(tools=(described,), contracts=(CONTRACT,))
    assert [one.kind for one in bumps.compare(was, now).changes] == ["tool"]
    renamed = manifest(tools=(TOOL,), contracts=(changed(CONTRACT, name="Papers"),))
    assert bumps.compare(was, renamed).changes == (
        Change(kind="contract", name="Papers (version 1)", change="changed"),
    )


def test_a_contract_whose_shape_cannot_be_told_may_lose_when_its_tools_changed() -> None:
    outside = changed(TOOL, input_schema={"$ref": "https://example.com/note.json"})
    was = manifest(tools=(TOOL,), contracts=(CONTRACT,))
    now = manifest(tools=(outside,), contracts=(CONTRACT,))
    assert [one.kind for one in bumps.compare(now, now).changes] == []
    (loss,) = next(one.losses for one in bumps.compare(was, now).changes if one.kind == "contract")
    assert loss.startswith("cannot be compared: the JSON Schema of the input model of the tool add_note")


def test_versions_of_two_packages_are_not_compared() -> None:
    with pytest.raises(
        errors.DifferentPackages, match=r"notes 1\.2\.3 \(p1\).*notes 2\.0\.0 \(p2\)"
    ) as caught:
        bumps.compare(manifest(), manifest("2.0.0", package_id="p2"))
    assert caught.value.hint
    assert caught.value.facts == {"before": "p1", "after": "p2"}


def test_two_parts_that_are_known_by_one_name_are_one() -> None:
    both = (HOME, changed(HOME, priority=7))
    assert bumps.compare(manifest(routes=(HOME,)), manifest(routes=both)).changes == (
        Change(kind="route", name="notes", change="changed"),
    )


# ── whatever there is ────────────────────────────────────────────────────────────────────────────

numbers = st.integers(0, 9)
versions = st.builds(
    lambda major, minor, patch, more: f"{major}.{minor}.{patch}{more}",
    numbers,
    numbers,
    numbers,
    st.sampled_from(["", "-alpha.1", "-rc.2", "+local"]),
)


def some_of(*records: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(records), unique_by=id).map(tuple)


manifests = st.builds(
    manifest,
    version=versions,
    files=st.dictionaries(st.sampled_from(["notes/a.py", "notes/b.py", "notes/c.py"]), st.sampled_from("12")),
    shared=st.sampled_from([(), ("httpx>=1",), ("httpx>=2", "pydantic")]),
    private=st.sampled_from([(), ("semver",)]),
    routes=some_of(HOME, PATTERN, changed(HOME, priority=7), changed(HOME, ui_category="list")),
    uis=some_of(UI, changed(UI, target="text"), changed(UI, peers_ui_id="u2", props_schema=schema("a"))),
    tools=some_of(TOOL, changed(TOOL, tool_id="t2", name="drop"), changed(TOOL, input_schema=ASKS_MORE)),
    tables=some_of(TABLE, changed(TABLE, table_id="b2")),
    contracts=some_of(CONTRACT, changed(CONTRACT, version=2)),
    hooks=some_of(HOOK, changed(HOOK, hook="fonts")),
    app_navs=some_of(NAV, AppNav(name="more")),
)


@given(manifests)
def test_a_version_does_not_differ_from_itself(one: Manifest) -> None:
    assert bumps.compare(one, one).changes == ()
    assert bumps.compare(one, one).suggestion.bump is Bump.PATCH


@given(manifests, manifests)
def test_the_other_way_round_the_new_is_gone_and_the_gone_is_new(one: Manifest, other: Manifest) -> None:
    there, back = bumps.compare(one, other).changes, bumps.compare(other, one).changes
    mirrored = {"added": "removed", "removed": "added", "changed": "changed"}
    assert sorted((c.kind, c.name, mirrored[c.change]) for c in there) == sorted(
        (c.kind, c.name, c.change) for c in back
    )


@given(manifests, manifests)
def test_what_is_suggested_follows_from_the_changes_and_is_above_the_version_before(
    one: Manifest, other: Manifest
) -> None:
    found = bumps.compare(one, other).suggestion
    parts = [change for change in bumps.compare(one, other).changes if change.kind != "file"]
    contributed = [change for change in parts if "requirement" not in change.kind]
    breaks = any(change.needs or change.losses for change in parts)
    breaks = breaks or any(change.change == "removed" for change in contributed)
    adds = any(change.change == "added" or change.gains for change in contributed)
    assert found.bump is (Bump.MAJOR if breaks else Bump.MINOR if adds else Bump.PATCH)
    assert found.reasons
    assert precedence(found.version) > precedence(one.version)
    assert not bumps.is_below(found.version, found)
    assert not bumps.is_below(f"{found.version}-alpha.1", found)


@given(manifests, manifests)
def test_files_alone_suggest_nothing_more_than_a_patch(one: Manifest, other: Manifest) -> None:
    same = one.model_copy(update={"files": other.files})
    assert bumps.compare(one, same).suggestion.bump is Bump.PATCH
    assert all(change.kind == "file" for change in bumps.compare(one, same).changes)
