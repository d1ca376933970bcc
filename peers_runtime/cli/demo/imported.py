"""Which modules of packages this process has imported so far."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

_PREFIX: Final = "peers_packages."


def modules() -> frozenset[str]:
    """The names under which `sys.modules` holds modules of packages: `peers_packages.<tag>.<name>`."""
    return frozenset(name for name in list(sys.modules) if name.startswith(_PREFIX) and name.count(".") > 1)


def since(before: frozenset[str]) -> list[str]:
    """What was imported after `before`, by the names that the packages' authors know."""
    return sorted(name.split(".", 2)[2] for name in modules() - before)


def shown(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"
