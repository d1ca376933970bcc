"""The graph: everybody has a place, whoever needs something stands left of it, and no circle is endless."""

from __future__ import annotations

import re
from typing import Literal
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.model import graph
from peers_runtime.operations import drawing

NAMES = st.sampled_from(["a@1.0.0", "b@1.0.0", "c@2.0.0", "d@1.0.0", "<e>&'@1.0.0"])


def arrow(source: str, target: str, label: str, kind: Literal["depends", "contract"]) -> graph.Arrow:
    return graph.Arrow(source=source, target=target, label=label, kind=kind)


def places(svg: str) -> dict[str, float]:
    root = ET.fromstring(svg)
    boxes = root.iter("{http://www.w3.org/2000/svg}g") if "xmlns" in svg else root.iter("g")
    return {box[1].text or "": float(box[0].attrib["x"]) for box in boxes}


def test_whoever_needs_something_stands_left_of_it() -> None:
    drawn = places(
        drawing.svg(
            ["a@1", "b@1", "c@1"], [arrow("a@1", "b@1", "x", "depends"), arrow("b@1", "c@1", "y", "contract")]
        )
    )
    assert drawn["a"] < drawn["b"] < drawn["c"]


@given(st.lists(st.tuples(NAMES, NAMES), max_size=12))
def test_every_graph_is_drawn_with_all_that_is_in_it(pairs: list[tuple[str, str]]) -> None:
    svg = drawing.svg(["a@1.0.0"], [arrow(one, other, "<needs>", "depends") for one, other in pairs])
    named = {"a@1.0.0", *(name for pair in pairs for name in pair)}
    assert len(places(svg)) == len(named)
    assert len(re.findall('class="arrow', svg)) == len(pairs)


def test_labels_of_lines_that_cross_lie_apart() -> None:
    crossing = [
        arrow("a@1", "d@1", "first", "contract"),
        arrow("b@1", "c@1", "second", "contract"),
        arrow("a@1", "c@1", "third", "contract"),
        arrow("b@1", "d@1", "fourth", "contract"),
    ]
    drawn = drawing.svg(["a@1", "b@1", "c@1", "d@1"], crossing)
    found = re.findall(r'class="label" x="([\d.]+)" y="([\d.]+)">(\w+)<', drawn)
    labels = [(float(x), float(y), len(text) * 6.5) for x, y, text in found]
    for number, (x, y, wide) in enumerate(labels):
        for other_x, other_y, other_wide in labels[:number]:
            assert abs(x - other_x) >= (wide + other_wide) / 2 or abs(y - other_y) >= 14


def test_an_empty_context_has_an_empty_graph() -> None:
    assert places(drawing.svg([], [])) == {}


def test_a_picture_that_stands_alone_is_a_file_of_its_own() -> None:
    drawn = drawing.svg(["a@1"], [arrow("a@1", "b@1", "x", "depends")], alone=True)
    root = ET.fromstring(drawn)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{http://www.w3.org/2000/svg}style") is not None
    assert places(drawn).keys() == {"a", "b"}
