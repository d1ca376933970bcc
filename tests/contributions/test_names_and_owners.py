"""Apps in the launcher, JSON Schemas under their authors' names, and one owner for each id."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from peers_runtime.base import errors
from peers_runtime.contributions import app_navs, conflicts, schemas
from peers_runtime.model.active import ActivePackage
from peers_runtime.model.contributions import AppNav
from peers_runtime.model.manifest import ContractData, Definition, TableData, ToolData, UIData
from tests.fakes.versions import FakeVersion

Make = Callable[..., FakeVersion]
A, B, C = ("abc"[i] * 25 for i in range(3))


def test_an_app_leads_to_a_route_of_its_package() -> None:
    navs = [
        AppNav(name="My Notes").wire(),
        AppNav(name="s", display_name="Search", navigation_path="/Notes//Search", always_new_tab=True).wire(),
        AppNav(name="x", icon_class_name="bi").model_dump(mode="json"),
    ]
    mine, search, icon = app_navs.apps(ActivePackage("notes", A, "1.0.0", "0" * 64, [], navs))
    assert (mine.name, mine.display_name, mine.path) == ("My Notes", "My Notes", f"package-nav/{A}/my-notes")
    assert (search.display_name, search.path) == ("Search", f"package-nav/{A}/notes/search")
    assert (mine.always_new_tab, search.always_new_tab) == (False, True)
    assert (icon.icon_class_name, icon.package, icon.version) == ("bi", "notes", "1.0.0")
    assert repr(mine) == f"<App 'My Notes' of notes@1.0.0: package-nav/{A}/my-notes>"


def definition(**kinds: object) -> Definition:
    return Definition.model_validate({"package_id": A, "reference": "x:y", **kinds})


SCHEMA = {"type": "object"}
KINDS = {
    "UI": ("uis", lambda i: UIData(peers_ui_id=i, name="N", type="view", target="html")),
    "tool": ("tools", lambda i: ToolData(tool_id=i, name="n", usage_description="", input_schema=SCHEMA)),
    "table": (
        "tables",
        lambda i: TableData(table_id=i, name="N", version=1, primary_key="k", row_schema=SCHEMA),
    ),
    "contract": ("contracts", lambda i: ContractData(contract_id=i, version=1, name="N")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_two_owners_of_one_id_are_a_conflict(kind: str) -> None:
    field, make = KINDS[kind]
    versions = [
        ("notes@1.0.0", definition(**{field: [make(A), make(B)]})),
        ("tasks@2.0.0", definition(**{field: [make(B)]})),
        ("charts@1.0.0", definition(**{field: [make(C)]})),
    ]
    (conflict,) = conflicts.conflicts(versions)
    assert conflict.facts == {"kind": kind, "id": B, "owners": ["notes@1.0.0", "tasks@2.0.0"]}
    with pytest.raises(
        errors.ContributionConflict, match=r"tasks@2\.0\.0 and notes@1\.0\.0 both contribute a"
    ):
        conflicts.check(versions)
    conflicts.check(versions[::2])


def test_several_targets_of_one_version_are_no_conflict() -> None:
    uis = [KINDS["UI"][1](A), UIData(peers_ui_id=A, name="N", type="view", target="qt")]
    assert conflicts.conflicts([("notes@1.0.0", definition(uis=uis))]) == []


def test_one_id_for_two_kinds_is_no_conflict() -> None:
    versions = [
        ("a@1", definition(uis=[KINDS["UI"][1](A)])),
        ("b@1", definition(tools=[KINDS["tool"][1](A)])),
    ]
    assert conflicts.conflicts(versions) == []


MODELS = """
    from pydantic import BaseModel, Field
    from . import other

    class Item(BaseModel):
        size: int

    class Both(BaseModel):
        mine: Item
        theirs: other.Item
        again: list[Item] = Field(default=[], alias="againAndAgain")
"""


def test_schemas_name_models_as_their_authors_did(make: Make) -> None:
    files = {
        "one.py": MODELS,
        "other.py": "from pydantic import BaseModel\nclass Item(BaseModel):\n    name: str\n",
    }
    found = [
        schemas.of_model(version.load("notes.one:Both"), version.logical)
        for version in (make(files), make(files, version="2.0.0"))
    ]
    assert set(found[0]["$defs"]) == {"notes__one__Item", "notes__other__Item"}
    assert found[0]["properties"]["mine"] == {"$ref": "#/$defs/notes__one__Item"}
    assert found[0] == found[1]
    assert "fake_realms" not in json.dumps(found)


def test_a_single_model_keeps_its_short_name(make: Make) -> None:
    text = MODELS.replace("theirs: other.Item", "").replace("from . import other", "")
    version = make({"one.py": text})
    assert set(schemas.of_model(version.load("notes.one:Both"), version.logical)["$defs"]) == {"Item"}


def test_a_closed_schema_says_that_undeclared_properties_are_refused(make: Make) -> None:
    text = MODELS.replace("theirs: other.Item", "").replace("from . import other", "")
    model = make({"one.py": text}).load("notes.one:Both")
    found = schemas.of_model(model, str, closed=True, by_alias=False)
    assert found["additionalProperties"] is False
    assert found["$defs"]["Item"]["additionalProperties"] is False
    assert set(found["properties"]) == {"mine", "again"}
    assert "additionalProperties" not in schemas.of_model(model, str)
