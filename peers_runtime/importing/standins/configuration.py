"""`logging.config` for a realm's code: a class that a dictionary names is the realm's own.

Which loggers it names, and so what it configures, is the process's, as for everybody.
"""

from __future__ import annotations

import logging.config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from peers_runtime.importing.realm import Realm


def members(realm: Realm) -> dict[str, Any]:
    def of_realm(kind: type[Any]) -> type[Any]:
        importer = staticmethod(realm.imports.builtins["__import__"])
        return type(kind.__name__, (kind,), {"__module__": kind.__module__, "importer": importer})

    def dictConfig(config: dict[str, Any]) -> None:  # noqa: N802  # logging's name
        of_realm(logging.config.dictConfigClass)(config).configure()

    return {"DictConfigurator": of_realm(logging.config.DictConfigurator), "dictConfig": dictConfig}
