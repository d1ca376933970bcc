"""`sys` for a realm's code.

What `sys.modules` has under a name is what an import of that name gives. An importer that is put into
`sys.meta_path` is asked for the realm's modules, and for nobody else's.
"""

from __future__ import annotations

import sys
from collections.abc import MutableMapping

from peers_runtime.importing import interpreter, names
from peers_runtime.importing.standins import module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any

    from peers_runtime.importing.override import Imports
    from peers_runtime.importing.realm import Realm


KIND = module.quick(sys, {"meta_path", "modules"})  # the type of all stand-ins for `sys`


def members(realm: Realm) -> dict[str, Any]:
    importers = realm.imports.importers
    if not importers:
        importers.extend(interpreter.own_importer(each) for each in sys.meta_path)
    return {"meta_path": importers, "modules": Modules(realm.imports, names.prefix(realm.tag))}


class Modules(MutableMapping[str, "ModuleType"]):
    """The process's modules, but that the realm's own names stand for its own modules, loaded or not.

    Going through it, each of the realm's modules comes twice: under its logical and its mangled name.
    """

    def __init__(self, imports: Imports, prefix: str) -> None:
        self._imports = imports
        self._prefix = prefix

    def __getitem__(self, name: str) -> ModuleType:
        place = self._place(name)
        for modules in (sys.modules, self._imports.dropped):  # the latter of a realm whose code still runs
            if place in modules:
                return modules[place]
        raise KeyError(name)

    def __setitem__(self, name: str, value: ModuleType) -> None:
        sys.modules[self._place(name)] = value

    def __delitem__(self, name: str) -> None:
        try:
            del sys.modules[self._place(name)]
        except KeyError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        for place in tuple(sys.modules):
            if self._place(place) == place:
                yield place
                if place.startswith(self._prefix):
                    yield place[len(self._prefix) :]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """What it shows, as `unittest.mock.patch.dict` does before it puts everything back."""
        for name in tuple(self):
            self.pop(name, None)

    def copy(self) -> dict[str, ModuleType]:
        return dict(self)

    def _place(self, name: str) -> str:
        if not isinstance(name, str):  # `__module__` of what was made in no module, say
            return name
        prefix = self._imports.prefix(name.partition(".")[0])
        return name if prefix is None else prefix + name
