"""Which families of rows there are, and how much each of them measures."""

from __future__ import annotations

from dataclasses import dataclass

FAMILIES = (
    "start",
    "first_import",
    "second_version",
    "access",
    "warm_imports",
    "sharing",
    "hooks",
    "tools",
    "contracts",
    "contexts",
    "piecewise",
    "reload",
    "propagation",
    "resolution",
    "publish",
    "packing",
    "tables",
    "workflows",
    "console",
)


@dataclass(frozen=True)
class Effort:
    """How long to measure. A quick run has every row with fewer rounds: good to see that all works."""

    quick: bool = False

    def rounds(self, number: int) -> int:
        return max(1, number // 16) if self.quick else number

    @property
    def contexts(self) -> int:
        """How many contexts are many; the rows say it."""
        return 2_000 if self.quick else 10_000
