"""Who depends on whom in a context, as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from peers_runtime.model.graph import Arrow

_WIDE: Final = 190  # of a box, in SVG's units
_HIGH: Final = 44
_ACROSS: Final = 130  # between two columns
_DOWN: Final = 26  # between two boxes of a column
_EDGE: Final = 16
_LETTER: Final = 6.5  # about as wide as one of a label is
_CROWD: Final = 80  # arrows; with more, nobody looks what lies under their labels
_ALONG: Final = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)  # where on its line a label may be, the best first
_Point = tuple[float, float]
_Curve = tuple[_Point, _Point, _Point, _Point]
_TITLES: Final = {
    False: "Who depends on whom; the table below says the same in words",
    True: "Who depends on whom",
}
# how a picture looks that stands alone; the console's pages bring their own colours
_STYLE: Final = (
    "<style>"
    "text{font:13px sans-serif;fill:#1f2328}.name{font-weight:600}"
    ".number,.label{font-size:11px;fill:#59636e}"
    ".label{text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px}"
    ".box rect{fill:#f6f8fa;stroke:#afb8c1;stroke-width:1.5}"
    ".arrow{fill:none;stroke:#59636e;stroke-width:1.5}"
    ".arrow.contract{stroke:#0969da;stroke-dasharray:5 3}marker path{fill:#59636e}"
    "</style>"
)


def svg(names: Sequence[str], arrows: Sequence[Arrow], *, alone: bool = False) -> str:
    """Boxes in columns: whoever needs something stands left of who has it, as far as that can be.

    It stands in a page, or `alone` in a file. Every text in it is escaped.
    """
    columns = _columns(names, arrows)
    places = {
        name: (_EDGE + column * (_WIDE + _ACROSS), _EDGE + row * (_HIGH + _DOWN))
        for column, members in enumerate(columns)
        for row, name in enumerate(members)
    }
    width = 2 * _EDGE + len(columns) * _WIDE + (len(columns) - 1) * _ACROSS
    height = 2 * _EDGE + max(map(len, columns), default=1) * (_HIGH + _DOWN) - _DOWN
    curves = [_curve(one, places) for one in arrows]
    taken = [_Area(x, y, _WIDE, _HIGH) for x, y in places.values()]
    drawn = [
        *(_line(one, curve) for one, curve in zip(arrows, curves, strict=True)),
        *(_box(name, *places[name]) for name in places),
        *_labels(arrows, curves, taken),
    ]  # which no line crosses out
    space, style = (' xmlns="http://www.w3.org/2000/svg"', _STYLE) if alone else ("", "")
    return (
        f'<svg{space} class="graph" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="graph-title"><title id="graph-title">{_TITLES[alone]}</title>{style}'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        f'orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>{"".join(drawn)}</svg>'
    )


def _columns(names: Sequence[str], arrows: Iterable[Arrow]) -> list[list[str]]:
    needs: dict[str, set[str]] = {name: set() for name in names}
    for one in arrows:
        needs.setdefault(one.source, set()).add(one.target)
        needs.setdefault(one.target, set())
    depths = {name: _depth(name, needs, frozenset()) for name in needs}
    deepest = max(depths.values(), default=0)
    return [[name for name in needs if depths[name] == deepest - column] for column in range(deepest + 1)]


def _depth(name: str, needs: Mapping[str, set[str]], above: frozenset[str]) -> int:
    """How far it is to the end of what is needed; a circle is followed once."""
    below = needs[name] - above - {name}
    return 1 + max(_depth(one, needs, above | {name}) for one in below) if below else 0


def _box(name: str, x: int, y: int) -> str:
    package, _, version = name.partition("@")
    return (
        f'<g class="box"><rect x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="8"/>'
        f'<text x="{x + 12}" y="{y + 19}" class="name">{escape(_short(package))}</text>'
        f'<text x="{x + 12}" y="{y + 35}" class="number">{escape(_short(version))}</text></g>'
    )


@dataclass(frozen=True)
class _Area:
    x: float
    y: float
    wide: float
    high: float

    def has(self, point: _Point) -> bool:
        return 0 <= point[0] - self.x <= self.wide and 0 <= point[1] - self.y <= self.high

    def meets(self, other: _Area) -> bool:
        return (
            self.x < other.x + other.wide
            and other.x < self.x + self.wide
            and self.y < other.y + other.high
            and other.y < self.y + self.high
        )


def _curve(one: Arrow, places: Mapping[str, tuple[int, int]]) -> _Curve:
    """From the one box to the other: where it begins, two points that it is drawn to, and where it ends."""
    (x1, y1), (x2, y2) = places[one.source], places[one.target]
    y1, y2 = y1 + _HIGH // 2, y2 + _HIGH // 2
    start, end = (x1 + _WIDE, x2) if x2 > x1 else (x1, x2 + _WIDE) if x2 < x1 else (x1 + _WIDE, x2 + _WIDE)
    bend = max(abs(end - start) // 2, 40) * (1 if x2 >= x1 else -1)
    back = -bend if x2 == x1 else bend
    return (start, y1), (start + bend, y1), (end - back, y2), (end, y2)


def _line(one: Arrow, curve: _Curve) -> str:
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = curve
    path = f"M{x1} {y1}C{x2} {y2} {x3} {y3} {x4} {y4}"
    return f'<path class="arrow {one.kind}" d="{path}" marker-end="url(#tip)"/>'


def _labels(arrows: Sequence[Arrow], curves: Sequence[_Curve], taken: list[_Area]) -> Iterator[str]:
    """Each on its line, where as little as can be lies under it."""
    is_crowd = len(arrows) > _CROWD
    traced = [[_on(curve, step / 20) for step in range(21)] for curve in curves]
    for number, (one, curve) in enumerate(zip(arrows, curves, strict=True)):
        text = _short(one.label)
        wide = len(text) * _LETTER
        others = [point for other, points in enumerate(traced) if other != number for point in points]
        points = [_on(curve, place) for place in (_ALONG[:1] if is_crowd else _ALONG)]
        covered = [_under(point, wide) for point in points]
        counts = [(sum(map(area.meets, taken)), sum(map(area.has, others))) for area in covered]
        middle = points[counts.index(min(counts))]
        taken.append(_under(middle, wide))
        yield f'<text class="label" x="{middle[0]:.0f}" y="{middle[1] - 5:.0f}">{escape(text)}</text>'


def _under(middle: _Point, wide: float) -> _Area:
    """What a label covers whose line goes through there."""
    return _Area(middle[0] - wide / 2, middle[1] - 17, wide, 16)


def _on(curve: _Curve, place: float) -> _Point:
    """The point of a curve, from 0 at its beginning to 1 at its end."""
    rest = 1 - place
    weights = (rest**3, 3 * rest * rest * place, 3 * rest * place * place, place**3)
    return (
        sum(weight * x for weight, (x, _) in zip(weights, curve, strict=True)),
        sum(weight * y for weight, (_, y) in zip(weights, curve, strict=True)),
    )


def _short(text: str) -> str:
    return text if len(text) <= 22 else f"{text[:21]}…"
