"""The hook that this host offers to packages, as a pluggy specification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PROJECT: Final = "demo_host"


# A specification is its signature and its docstring.
def theme_colors(context_id: str) -> Mapping[str, str]:  # type: ignore[empty-body]  # a hookspec has no body
    """Colours by what they are for: `frame`, `title`, or a purpose of the package's own."""


# What pluggy.HookspecMarker("demo_host") sets; pluggy itself has its one home in `contributions`.
setattr(theme_colors, f"{PROJECT}_spec", {"firstresult": False, "historic": False})
