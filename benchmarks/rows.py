"""A row of the table, and the figures in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal, Self

Unit = Literal["s", "B"]


@dataclass(frozen=True)
class Figure:
    """The median of what was measured, with the least and the most; seconds or bytes."""

    median: float
    least: float
    most: float
    unit: Unit

    @classmethod
    def of(cls, samples: Sequence[float], unit: Unit = "s") -> Self:
        return cls(median(samples), min(samples), max(samples), unit)

    def __str__(self) -> str:
        return shown(self.median, self.unit)

    @property
    def spread(self) -> str:
        """The least and the most, in words."""
        if self.least == self.most:
            return ""
        return f"{shown(self.least, self.unit)} – {shown(self.most, self.unit)}"


@dataclass(frozen=True)
class Row:
    """One line: what was measured, beside what, and whether that is good enough.

    `ratio` is ours to the reference's; `goal` is the largest that is good. With `goal_of` "ours", `goal`
    is the largest good value of ours itself (seconds or bytes), and no reference is needed. `growth` says
    how the cost grows as its work grows.
    """

    key: str
    what: str
    ours: Figure
    reference: Figure | None = None
    reference_name: str = ""
    ratio: float | None = None
    goal: float | None = None
    goal_of: Literal["ratio", "ours"] = "ratio"
    growth: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """None when there is no goal."""
        if self.goal is None:
            return None
        value = self.ratio if self.goal_of == "ratio" else self.ours.median
        return value is not None and value <= self.goal

    @property
    def shown_goal(self) -> str:
        if self.goal is None:
            return ""
        return f"≤ {self.goal:g}×" if self.goal_of == "ratio" else f"≤ {shown(self.goal, self.ours.unit)}"

    @property
    def shown_ratio(self) -> str:
        """With one digit more where rounding would hide that a goal is missed."""
        ratio = self.ratio
        if ratio is None:
            return ""
        if ratio < 0.1:
            return f"{ratio:.2g}×"
        digits = 0 if ratio >= 10 else 2
        if self.met is False and round(ratio, digits) == self.goal:
            digits += 1
        return f"{ratio:.{digits}f}×"

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        fields = {name: value for name, value in data.items() if name != "met"}
        for name in ("ours", "reference"):
            if fields[name] is not None:
                fields[name] = Figure(**fields[name])
        return cls(**fields)


def growth(costs: Mapping[int, float], of: str) -> str:
    """How the cost grew from the least to the most work: `1.7× for 20× the packages`; "" from nothing."""
    least, most = min(costs), max(costs)
    if not costs[least]:
        return ""
    return f"{costs[most] / costs[least]:.2g}× for {most / least:g}× the {of}"


def nine_of_ten(samples: Sequence[float], unit: Unit = "s") -> str:
    """What nine of ten samples stay within, which is their p90, in words."""
    return shown(sorted(samples)[math.ceil(0.9 * len(samples)) - 1], unit)


def shown(value: float, unit: Unit) -> str:
    """Three significant digits and a unit that suits the size; bytes to a tenth, which are averages."""
    steps = (
        ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
        if unit == "s"
        else ((1e6, "MB"), (1e3, "kB"), (1, "B"))
    )
    size, name = next((step for step in steps if abs(value) >= step[0]), steps[-1])
    scaled = value / size
    if name == "B":
        return f"{round(scaled, 1):g} B"
    digits = 0 if abs(scaled) >= 100 else 1 if abs(scaled) >= 10 else 2
    return f"{scaled:.{digits}f} {name}"
