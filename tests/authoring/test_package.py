from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from peers_runtime.authoring.package import PackageDefinition, define_package
from peers_runtime.authoring.tables import Table
from peers_runtime.authoring.tools import tool
from peers_runtime.base import errors
from peers_runtime.model.contributions import AppNav

PACKAGE = "0mwqffjy66ljt95on2890qzle"
CONTRACT = "0mwqffjyvth5laqd6pw8ttn45"
OTHER = "0mwqffjzi4zen7dhmwgmkmbjf"
TOOL = "0mwqffk0qrjuu9np2uuaft5el"
TOOL_2 = "0mwqffk1c3hc8cx5waxwfg02p"
TABLE = "0mwqffk1yugb2e7ml041psbwr"


class Row(BaseModel):
    note_id: str


@tool(tool_id=TOOL, usage="Add a note")
def add_note(args: Row, ctx: Any) -> Row:
    return args


notes = Table(table_id=TABLE, name="Notes", model=Row, primary_key="note_id")


def evaluated(fill: Callable[[Any], object]) -> Any:
    def package(pkg: Any) -> None:
        pkg.package_id = PACKAGE
        fill(pkg)

    return define_package(package).evaluate("notes", "1.0.0")


def test_a_definition_gives_back_what_it_says() -> None:
    @define_package
    def package(pkg: Any) -> None:
        pkg.package_id = PACKAGE
        main = pkg.contract(CONTRACT, 1, "Notes")
        main.tools = [add_note]
        main.tables = (notes,)
        pkg.app_navs = [AppNav(name="Notes")]
        pkg.hooks = "notes.hooks"
        pkg.routes = "notes.web.routes"

    assert isinstance(package, PackageDefinition)
    pkg = package.evaluate("notes", "1.0.0")
    assert (pkg.name, pkg.version, pkg.package_id) == ("notes", "1.0.0", PACKAGE)
    assert (pkg.hooks, pkg.routes, pkg.uis) == ("notes.hooks", "notes.web.routes", None)
    assert list(pkg.tools) == [add_note]
    assert list(pkg.tables) == [notes]
    assert [(each.contract_id, each.version, each.name) for each in pkg.contracts] == [(CONTRACT, 1, "Notes")]
    assert list(pkg.app_navs) == [AppNav(name="Notes")]


def test_a_tool_may_stand_in_two_contracts_and_counts_once() -> None:
    def fill(pkg: Any) -> None:
        pkg.contract(CONTRACT, 1, "Notes").tools = [add_note]
        pkg.contract(OTHER, 1, "More").tools.append(add_note)

    assert list(evaluated(fill).tools) == [add_note]


@pytest.mark.parametrize("attribute", ["version_tag", "tag", "dev_tag"])
def test_a_package_cannot_tag_itself(attribute: str) -> None:
    with pytest.raises(errors.TagInCode, match=f"pkg.{attribute} = 'stable'"):
        evaluated(lambda pkg: setattr(pkg, attribute, "stable"))


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("hoks", "notes.hooks", "pkg.hoks is not a part of a definition"),
        ("version", "2.0.0", "pkg.version cannot be set"),
        ("hooks", ["notes.hooks"], "not the name of a module"),
        ("hooks", "notes.hooks:plugin", "not the name of a module"),
        ("app_navs", AppNav(name="Notes"), "holds"),
        ("app_navs", "Notes", "is 'Notes', not a list"),
        ("app_navs", ["Notes"], "which is not a AppNav"),
    ],
)
def test_what_a_definition_cannot_say_is_refused_at_its_line(
    attribute: str, value: object, said: str
) -> None:
    with pytest.raises(errors.InvalidDefinition, match=said):
        evaluated(lambda pkg: setattr(pkg, attribute, value))


@pytest.mark.parametrize("attribute", ["status", "published"])
def test_a_status_cannot_be_set_in_code(attribute: str) -> None:
    with pytest.raises(errors.InvalidStatusTransition, match=rf"test_package\.py:\d+: pkg\.{attribute}"):
        evaluated(lambda pkg: setattr(pkg, attribute, "published"))


def test_the_error_names_the_line_of_the_assignment() -> None:
    def fill(pkg: Any) -> None:
        pkg.colour = "red"  # the line

    with pytest.raises(errors.InvalidDefinition) as caught:
        evaluated(fill)
    file, _, line = str(caught.value.facts["where"]).rpartition(":")
    assert Path(file).read_text().splitlines()[int(line) - 1].endswith("# the line")


def test_a_definition_without_a_package_id_is_refused() -> None:
    with pytest.raises(errors.InvalidDefinition, match=r"sets no pkg\.package_id"):
        define_package(lambda pkg: None).evaluate("notes", "1.0.0")


@pytest.mark.parametrize("given", ["short", "0MWQFFJY66LJT95ON2890QZLE", None, 7])
def test_a_malformed_package_id_is_refused_with_its_place(given: object) -> None:
    with pytest.raises(errors.MalformedId, match=r"test_package\.py:\d+: pkg\.package_id"):
        evaluated(lambda pkg: setattr(pkg, "package_id", given))


@pytest.mark.parametrize("version", [0, -1, "1", 1.0, True])
def test_contract_versions_are_positive_integers(version: object) -> None:
    with pytest.raises(errors.InvalidDefinition, match="not a positive integer"):
        evaluated(lambda pkg: pkg.contract(CONTRACT, version, "Notes"))


def test_a_contract_takes_tools_and_tables_only() -> None:
    with pytest.raises(errors.InvalidDefinition, match="not a Tool") as caught:
        evaluated(lambda pkg: setattr(pkg.contract(CONTRACT, 1, "Notes"), "tools", [print]))
    assert "@tool" in caught.value.hint
    with pytest.raises(errors.InvalidDefinition, match="a contract has no 'tool'"):
        evaluated(lambda pkg: setattr(pkg.contract(CONTRACT, 1, "Notes"), "tool", [add_note]))


def test_what_was_appended_is_checked_too() -> None:
    with pytest.raises(errors.InvalidDefinition, match="not a Table"):
        evaluated(lambda pkg: pkg.contract(CONTRACT, 1, "Notes").tables.append("Notes"))


def test_two_tools_of_one_id_or_one_name_are_refused() -> None:
    same_id = tool(tool_id=TOOL, usage="Another", name="another")(add_note.function)
    same_name = tool(tool_id=TOOL_2, usage="Another", name="add_note")(add_note.function)
    for other in (same_id, same_name):
        with pytest.raises(errors.DuplicateId, match="unique among a package's tools"):
            evaluated(lambda pkg, other=other: pkg.contract(CONTRACT, 1, "N").tools.extend([add_note, other]))


def test_two_contracts_of_one_id_are_refused() -> None:
    with pytest.raises(errors.DuplicateId, match="contract 'B'"):
        evaluated(lambda pkg: (pkg.contract(CONTRACT, 1, "A"), pkg.contract(CONTRACT, 2, "B")))


def test_two_apps_of_one_name_are_refused() -> None:
    with pytest.raises(errors.DuplicateId, match="app_nav 'Notes'"):
        evaluated(lambda pkg: setattr(pkg, "app_navs", [AppNav(name="Notes"), AppNav(name="Notes")]))


def test_define_package_wants_a_function() -> None:
    with pytest.raises(errors.InvalidDefinition, match="not a function"):
        define_package("notes")


def test_what_the_function_raises_comes_through() -> None:
    def package(pkg: Any) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        define_package(package).evaluate("notes", "1.0.0")
