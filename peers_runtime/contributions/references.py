"""Between an author's objects and the references under which a snapshot names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Load = Callable[[str], Any]
Logical = Callable[[str], str]


class References:
    """Looks objects up in one package, without importing anything that is not imported yet."""

    def __init__(
        self, name: str, load: Load, loaded: Callable[[], tuple[str, ...]], logical: Logical
    ) -> None:
        self._name = name
        self._load = load
        self._loaded = loaded
        self.logical = logical

    def module_of(self, value: object) -> str | None:
        """The author's name of the package's module that defines a function or class, else None."""
        module = getattr(value, "__module__", None)
        return self.own(module) if isinstance(module, str) else None

    def own(self, module: str) -> str | None:
        """The author's name of a module of the package; None for foreign ones."""
        logical = self.logical(module)
        return logical if logical.partition(".")[0] == self._name else None

    def of(self, value: object) -> str | None:
        """`"module:qualified.name"` when loading that gives the very same object, else None."""
        module, name = self.module_of(value), getattr(value, "__qualname__", None)
        if module is None or not isinstance(name, str) or "<" in name:
            return None
        return self._confirmed(module, name, value)

    def of_value_in(self, module: str, value: object) -> str | None:
        """The reference of something that has no name of its own but is a module's value."""
        own = self.own(module)
        if own is None or own not in self._loaded():
            return None
        namespace: Mapping[str, Any] = vars(self._load(own))
        return next((f"{own}:{name}" for name, found in namespace.items() if found is value), None)

    def _confirmed(self, module: str, name: str, value: object) -> str | None:
        reference = f"{module}:{name}"
        try:
            return reference if module in self._loaded() and self._load(reference) is value else None
        except AttributeError:
            return None
