"""`pickle` for a realm's code: data that names a private distribution's class gives the realm's own.

A distribution may carry such data, or find what another process or version has left on a disk. What is
pickled in a realm names its classes by their mangled names.
"""

from __future__ import annotations

import io
import pickle

from peers_runtime.importing import names, override

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from peers_runtime.importing.realm import Realm


def members(realm: Realm) -> dict[str, Any]:
    private = {name for one in realm.lock.private for name in one.imports} - {realm.lock.name}

    def place(module: str) -> str:
        logical = names.split(module)[1] if module.startswith(names.PREFIX) else module
        root = logical.partition(".")[0]
        if logical != module and root not in private:
            return module  # of a package: that version and no other
        return (realm.imports.prefix(root) or "") + logical

    class Unpickler(pickle.Unpickler):
        def find_class(self, module_name: str, global_name: str, /) -> Any:
            try:
                return super().find_class(place(module_name), global_name)
            except BaseException as error:
                override.rename(error)
                raise

    def load(file: Any, **options: Any) -> Any:
        return Unpickler(file, **options).load()

    def loads(data: Any, /, **options: Any) -> Any:
        return Unpickler(io.BytesIO(data), **options).load()

    Unpickler.__module__ = pickle.__name__
    Unpickler.__qualname__ = Unpickler.__name__
    return {"Unpickler": Unpickler, "load": load, "loads": loads}
