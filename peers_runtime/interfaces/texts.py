"""What both languages write alike."""

from __future__ import annotations

import json
from collections.abc import Callable


def quoted(text: str, escaped: Callable[[str], str]) -> str:
    """The text in double quotes; what cannot be seen is escaped, so that nothing hides in the source."""
    inner = json.dumps(text, ensure_ascii=False)[1:-1]
    return '"' + "".join(one if one.isprintable() else escaped(one) for one in inner) + '"'


def on_one_line(text: str) -> str:
    """For a comment: what would end it, or cannot be seen, is gone."""
    kept = "".join(one if one.isprintable() and one not in '\\"*' else " " for one in text)
    return " ".join(kept.split())
