"""Which route takes a request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.model.active import ActivePackage
from peers_runtime.rules import routes


def row(path: str | None = None, **fields: Any) -> list[Any]:
    values: dict[str, Any] = {
        "ui": f"ui of {path}",
        "pattern": None,
        "category": "screen",
        "subcategory": None,
        "edit_mode": None,
        "priority": 0,
        "has_is_match": False,
        "props_schema": None,
        **fields,
    }
    return [
        values["ui"],
        path,
        values["pattern"],
        values["category"],
        values["subcategory"],
        values["edit_mode"],
        values["priority"],
        values["has_is_match"],
        values["props_schema"],
    ]


def package(name: str, *rows: list[Any]) -> ActivePackage:
    return ActivePackage(name, f"id-{name}", "1.0.0", "0" * 64, rows, [])


def accepts_all(route: routes.Route, props: object) -> str | None:
    return None


def says_no(route: routes.Route, props: object, context: object) -> None:
    return None


def match(
    packages: list[ActivePackage],
    path: str | None,
    accepts: routes.Accepts = accepts_all,
    is_match: routes.IsMatch = says_no,
    **request: Any,
) -> routes.Match | None:
    return routes.match(routes.RouteTable(packages), routes.Request(path, **request), accepts, is_match)


@pytest.mark.parametrize(
    ("path", "asked", "taken"),
    [
        ("notes", "notes", True),
        ("notes", "/notes/", True),
        ("notes", "Notes", True),
        ("notes", "notes/42", True),
        ("notes", "notesandmore", False),
        ("notes", "", False),
        ("notes/:note_id", "notes", False),
        ("notes/:note_id", "notes/42", True),
        ("notes/:note_id/edit", "notes/42/edit/now", True),
        ("notes/:note_id/edit", "notes/42/view", False),
        (":anything", "whatever", True),
        ("", "", True),
        ("", "whatever", True),
    ],
)
def test_a_path_is_a_prefix_that_ends_at_a_segment(path: str, asked: str, taken: bool) -> None:
    assert (match([package("notes", row(path))], asked) is not None) == taken


def test_parameters_keep_the_case_of_the_request_and_become_props() -> None:
    found = match([package("notes", row("notes/:note_id"))], "NOTES/AbC", props={"tab": 1})
    assert found is not None
    assert found.parameters == {"note_id": "AbC"}
    assert found.props == {"note_id": "AbC", "tab": 1}


def test_a_pattern_is_searched_in_the_whole_path_and_its_groups_are_parameters() -> None:
    found = match([package("notes", row(None, pattern=r"^n/(?P<year>\d{4})$"))], "/n/2026")
    assert found is not None
    assert found.parameters == {"year": "2026"}
    assert match([package("notes", row(None, pattern=r"^n/(?P<year>\d{4})$"))], "/n/26") is None


@pytest.mark.parametrize(
    ("offered", "wanted", "taken"),
    [
        ({"category": "screen"}, {"category": "screen"}, True),
        ({"category": "field"}, {"category": "screen"}, False),
        ({"category": "*"}, {"category": "screen"}, True),
        ({"category": "field"}, {"category": None}, True),
        ({"category": "field"}, {"category": "*"}, True),
        ({"subcategory": "date"}, {"subcategory": "date"}, True),
        ({"subcategory": "date"}, {"subcategory": "time"}, False),
        ({"subcategory": "date"}, {}, True),
        ({}, {"subcategory": "time"}, True),
        ({"edit_mode": "edit"}, {"edit_mode": "view"}, False),
        ({"edit_mode": "*"}, {"edit_mode": "view"}, True),
        ({"edit_mode": "edit"}, {}, True),
    ],
)
def test_a_filter_takes_what_it_names_a_star_and_what_the_request_leaves_out(
    offered: dict[str, str], wanted: dict[str, str], taken: bool
) -> None:
    assert (match([package("notes", row("notes", **offered))], "notes", **wanted) is not None) == taken


def test_a_route_without_a_path_takes_a_request_without_one() -> None:
    slot = package("notes", row(None, category="list-item"), row("notes", category="list-item"))
    found = match([slot], None, category="list-item")
    assert found is not None
    assert found.route.path is None


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (row("notes", priority=1), row("notes/:id", priority=0)),
        (row("notes/:id"), row("notes")),
        (row("notes/new"), row("notes/:id")),
        (row("notes"), row(None, pattern="notes")),
        (row(None, pattern="notes"), row(None)),
    ],
)
def test_priority_decides_and_then_the_more_specific_path(better: list[Any], worse: list[Any]) -> None:
    for rows in ((better, worse), (worse, better)):
        found = match([package("notes", *rows)], "notes/new")
        assert found is not None
        assert found.peers_ui_id == better[0]
        assert found.route.path == better[1]


def test_between_equals_the_package_id_decides_in_any_order_of_arrival() -> None:
    first, second = package("a", row("home")), package("b", row("home"))
    for packages in ([first, second], [second, first]):
        found = match(packages, "home")
        assert found is not None
        assert found.package == "a"


def test_props_that_do_not_fit_let_the_next_route_take_the_request() -> None:
    strict, open_ = row("notes", props_schema={"required": ["x"]}, priority=1), row("notes", ui="open")
    found = match([package("notes", strict, open_)], "notes", accepts=lambda route, props: "x is missing")
    assert found is not None
    assert found.peers_ui_id == "open"


def test_is_match_may_derive_props_and_never_changes_the_callers() -> None:
    def derive(route: routes.Route, props: Any, context: Any) -> dict[str, Any]:
        props["mine"] = 1
        return {"derived": context["path"]}

    given_props = {"tab": 2}
    found = match(
        [package("notes", row("notes", has_is_match=True))], "notes", is_match=derive, props=given_props
    )
    assert found is not None
    assert found.props == {"tab": 2, "derived": "notes"}
    assert given_props == {"tab": 2}


def test_is_match_is_asked_only_when_nothing_better_has_taken_the_request() -> None:
    asked: list[str] = []

    def ask(route: routes.Route, props: Any, context: Any) -> None:
        asked.append(route.peers_ui_id)

    table = [package("notes", row("notes", has_is_match=True), row("notes/:id"))]
    assert match(table, "notes/4", is_match=ask) is not None
    assert asked == []
    assert match(table, "notes", is_match=ask) is None
    assert asked == ["ui of notes"]


def test_a_launcher_path_finds_the_route_of_its_own_package_only() -> None:
    packages = [package("a", row("home")), package("b", row("home"))]
    found = match(packages, "package-nav/id-b/home")
    assert found is not None
    assert found.package == "b"


def test_explain_gives_every_route_with_the_reason_why_it_lost() -> None:
    packages = [
        package("a", row("notes", priority=5), row("notes/:id"), row("todo"), row("notes", category="field")),
        package("b", row("notes", priority=5)),
    ]
    considered = routes.explain(routes.RouteTable(packages), routes.Request("notes/7"), accepts_all, says_no)
    assert [one.chosen for one in considered].count(True) == 1
    assert {(one.route.package.name, one.route.shown, one.reason) for one in considered} == {
        ("a", "notes", "path notes fits, priority 5"),
        ("a", "notes/:id", "fits too, but priority 0 is below 5"),
        ("a", "todo", "segment 'notes' is not 'todo'"),
        ("a", "notes", "category is field, screen was asked for"),
        ("b", "notes", "fits too, but its package id sorts after that of a"),
    }


segments = st.sampled_from(["notes", "todo", ":id", "new", ":other"])
paths_ = st.lists(segments, max_size=3).map("/".join)
rows = st.builds(
    lambda path, priority, category: row(
        path, ui=f"{path}-{priority}-{category}", priority=priority, category=category
    ),
    paths_,
    st.integers(-1, 1),
    st.sampled_from(["screen", "field", "*"]),
)
tables = st.lists(st.lists(rows, max_size=4), min_size=1, max_size=4)
asked_paths = st.lists(st.sampled_from(["notes", "todo", "new", "42"]), max_size=4).map("/".join)


@given(tables, asked_paths, st.randoms())
def test_the_winner_does_not_depend_on_the_order_of_packages_and_explain_agrees(
    table: list[list[list[Any]]], path: str, random: Any
) -> None:
    packages = [package(f"p{number}", *rows_) for number, rows_ in enumerate(table)]
    found = match(packages, path)
    shuffled = list(packages)
    random.shuffle(shuffled)
    again = match(shuffled, path)
    assert (found and (found.package, found.route.position)) == (
        again and (again.package, again.route.position)
    )
    considered = routes.explain(routes.RouteTable(packages), routes.Request(path), accepts_all, says_no)
    chosen = [one.route for one in considered if one.chosen]
    assert [(one.package.name, one.position) for one in chosen] == (
        [(found.package, found.route.position)] if found else []
    )
    assert len(considered) == sum(map(len, table))
