"""Where a module's source lies. On the way to a first import: imports nothing."""

from __future__ import annotations


class ModuleFile:
    """One importable module: a posix path relative to the snapshot, or None for a namespace package."""

    __slots__ = ("is_package", "path")

    def __init__(self, path: str | None, is_package: bool) -> None:
        self.path = path
        self.is_package = is_package

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ModuleFile):
            return NotImplemented
        return (self.path, self.is_package) == (other.path, other.is_package)

    def __hash__(self) -> int:
        return hash((self.path, self.is_package))

    def __repr__(self) -> str:
        return f"ModuleFile({self.path!r}, is_package={self.is_package})"
