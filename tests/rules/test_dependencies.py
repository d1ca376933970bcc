"""What a package depends on through others: all of it, in one order, and never itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime import CircularDependency, InvalidPackageDependency
from peers_runtime.model.manifest import Dependency
from peers_runtime.rules.dependencies import closure
from tests.world import an_id

Graph = Mapping[str, Sequence[str]]  # "b 1.0.0" -> what it depends on


def node(label: str, content: str = "") -> Dependency:
    name, version = label.split(" ")
    digest = hashlib.sha256(f"{label}{content}".encode()).hexdigest()
    return Dependency(name=name, project_id=an_id(name), version=version, digest=digest)


def closed(graph: Graph, *direct: str) -> list[str]:
    found = closure(
        "app", [node(one) for one in direct], lambda one: [node(each) for each in graph[one.label]], "1.0.0"
    )
    return [one.label for one in found]


def test_what_others_depend_on_is_in_it_each_version_once_by_name_and_version() -> None:
    graph = {
        "left 1.0.0": ["base 1.9.0"],
        "right 1.0.0": ["base 1.10.0", "left 1.0.0"],
        "base 1.9.0": [],
        "base 1.10.0": [],
    }
    expected = ["base 1.9.0", "base 1.10.0", "left 1.0.0", "right 1.0.0"]
    assert closed(graph, "right 1.0.0", "left 1.0.0") == expected
    assert closed(graph) == []


@pytest.mark.parametrize(
    ("graph", "path"),
    [
        ({"b 1.0.0": ["app 0.9.0"], "app 0.9.0": []}, ["app 1.0.0", "b 1.0.0", "app 0.9.0"]),
        (
            {"a 1.0.0": ["b 1.0.0"], "b 1.0.0": ["c 1.0.0"], "c 1.0.0": ["b 0.1.0"], "b 0.1.0": []},
            ["b 1.0.0", "c 1.0.0", "b 0.1.0"],
        ),
    ],
    ids=["the package itself", "one below"],
)
def test_whoever_depends_on_any_version_of_itself_is_named_with_the_path(
    graph: Graph, path: list[str]
) -> None:
    with pytest.raises(CircularDependency) as refused:
        closed(graph, next(iter(graph)))
    assert refused.value.facts["path"] == path
    assert " -> ".join(path) in refused.value.message


def test_the_package_itself_is_known_by_its_id_under_another_name_too() -> None:
    with pytest.raises(CircularDependency):
        closure("app", [node("renamed 1.0.0")], lambda _: [], package_id=an_id("renamed"))


def test_one_version_with_two_contents_is_refused() -> None:
    first, second = node("base 1.0.0"), node("base 1.0.0", "other")
    needs = {node("left 1.0.0").digest: [first], node("right 1.0.0").digest: [second]}
    with pytest.raises(InvalidPackageDependency, match="two contents") as refused:
        closure(
            "app",
            [node("left 1.0.0"), node("right 1.0.0")],
            lambda one: needs.get(one.digest, []),
        )
    assert len(refused.value.facts["conflicts"]) == 2


NAMES = "abcdef"


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Any graph of two versions of each of six packages."""
    nodes = [f"{name} {version}.0.0" for name in NAMES for version in (1, 2)]
    return {one: draw(st.lists(st.sampled_from(nodes), max_size=3, unique=True)) for one in nodes}


def paths_to_itself(graph: Graph, direct: Sequence[str]) -> bool:
    def visit(one: str, above: tuple[str, ...]) -> bool:
        name = one.split(" ", maxsplit=1)[0]
        return name in above or any(visit(each, (*above, name)) for each in graph[one])

    return any(visit(one, ()) for one in direct)


@given(graphs(), st.data())
def test_it_is_all_that_can_be_reached_in_any_order_or_a_path_that_is_there(
    graph: dict[str, list[str]], data: st.DataObject
) -> None:
    direct = data.draw(st.lists(st.sampled_from(list(graph)), max_size=3, unique=True))
    if paths_to_itself(graph, direct):
        with pytest.raises(CircularDependency) as refused:
            closed(graph, *direct)
        first, *_, last = path = refused.value.facts["path"]
        assert first.split(" ")[0] == last.split(" ")[0]
        assert all(below in graph[above] for above, below in pairwise(path))
        return
    found = closed(graph, *direct)
    assert found == closed(graph, *reversed(direct))
    reached: set[str] = set()
    todo = list(direct)
    while todo:
        one = todo.pop()
        if one not in reached:
            reached.add(one)
            todo += graph[one]
    assert set(found) == reached
    assert len(found) == len(reached)
