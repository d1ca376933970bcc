"""`importlib` and `importlib.util` for a realm's code."""

from __future__ import annotations

import importlib.util

from peers_runtime.importing import interpreter, override

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any

    from peers_runtime.importing.realm import Realm


def importlib_members(realm: Realm) -> dict[str, Any]:
    return {
        "import_module": realm.imports.import_module(),
        "__import__": realm.imports.builtins["__import__"],
    }


def util_members(realm: Realm) -> dict[str, Any]:
    real = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
        """The spec of a module by its logical name; None for what the package may not import."""
        try:
            absolute = override.absolute(name, package)
            if not realm.imports.is_declared(absolute):
                return None
            mangled = realm.imports.mangled(absolute)
            try:
                return real(mangled)
            except ModuleNotFoundError as error:
                if error.name == mangled:
                    return None
                raise
        except BaseException as error:
            interpreter.trim(error)
            override.rename(error)
            raise

    def resolve_name(name: str, package: str | None) -> str:
        return override.absolute(name, package)

    return {"find_spec": find_spec, "resolve_name": resolve_name}
