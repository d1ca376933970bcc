"""Mangled names: `peers_packages.<tag>.<logical>` in `sys.modules`, `<logical>` in what the author wrote."""

from __future__ import annotations

ROOT = "peers_packages"
PREFIX = ROOT + "."


def prefix(tag: str) -> str:
    """What stands before the logical names of the realm with this tag."""
    return f"{PREFIX}{tag}."


def split(mangled: str) -> tuple[str, str]:
    """`("notes_1_0_0_…", "notes.store")` for a mangled name; the logical part of a realm's root is empty."""
    _, tag, logical = [*mangled.split(".", 2), "", ""][:3]
    return tag, logical


def logical(text: str) -> str:
    """`text` with every mangled name in it as the author wrote it; any realm's, loaded here or not.

    Also names in which other tools turned the dots into `__` (JSON Schema definitions of pydantic).
    """
    if ROOT not in text:
        return text
    import re

    text = re.sub(rf"\b{ROOT}\.\w+\.(?=\w)", "", text)
    return re.sub(rf"{ROOT}__\w+?_[0-9a-f]{{12}}__", "", text)
