"""Which modules are stood in for. One set for each realm."""

from __future__ import annotations

import sys

from peers_runtime.importing.override import STOOD_IN
from peers_runtime.importing.standins.module import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from peers_runtime.importing.realm import Realm
    from peers_runtime.importing.standins.loggers import Loggers
    from peers_runtime.importing.standins.module import StandIn


class StandIns:
    """The stand-ins of one realm, each made when it is first asked for."""

    def __init__(self, realm: Realm) -> None:
        self._realm = realm
        self._made: dict[str, ModuleType] = {}
        self._loggers: Loggers | None = None

    def module(self, name: str) -> ModuleType:
        """The stand-in for a module that has been imported; `name` is one that has a stand-in."""
        made = self._made.get(name)
        if made is None:
            fresh = stand_in(sys.modules[name], self._members(name), self._if_any, self._kind(name))
            made = self._made.setdefault(name, fresh)
        return made

    def loggers(self) -> Loggers:
        if self._loggers is None:
            from peers_runtime.importing.standins.loggers import Loggers

            self._loggers = Loggers(self._realm)
        return self._loggers

    def _if_any(self, name: str) -> ModuleType | None:
        return self.module(name) if name in STOOD_IN else None

    def _kind(self, name: str) -> type[StandIn] | None:
        if name == "sys":
            from peers_runtime.importing.standins import system

            return system.KIND
        return None

    def _members(self, name: str) -> dict[str, Any]:
        if name == "importlib":
            from peers_runtime.importing.standins import imports

            return imports.importlib_members(self._realm)
        if name == "importlib.util":
            from peers_runtime.importing.standins import imports

            return imports.util_members(self._realm)
        if name == "importlib.resources":
            from peers_runtime.importing.standins import resources

            return resources.members(self._realm)
        if name == "importlib.metadata":
            from peers_runtime.importing.standins import metadata

            return metadata.members(self._realm)
        if name == "pkgutil":
            from peers_runtime.importing.standins import packages

            return packages.members(self._realm)
        if name == "logging.config":
            from peers_runtime.importing.standins import configuration

            return configuration.members(self._realm)
        if name == "sys":
            from peers_runtime.importing.standins import system

            return system.members(self._realm)
        if name == "pickle":
            from peers_runtime.importing.standins import pickles

            return pickles.members(self._realm)
        return self.loggers().members()
