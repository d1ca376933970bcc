"""The files that pages are shown with, under addresses that change with their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
FOR_EVER: Final = "max-age=31536000, immutable"


@dataclass(frozen=True)
class File:
    data: bytes
    mime: str


@cache
def files() -> dict[str, File]:
    """All that may be asked for, by path below the folder; no other file can be reached."""
    return {
        path.relative_to(_FOLDER).as_posix(): File(path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(_FOLDER.rglob("*"))
        if path.suffix in _TYPES
    }


@cache
def digest() -> str:
    """Of all files, as it stands in their addresses."""
    found = hashlib.sha256()
    for name, file in files().items():
        found.update(f"{name}\0{len(file.data)}\0".encode())
        found.update(file.data)
    return found.hexdigest()[:16]
