"""stevedore loads every plugin; its own cache of entry points is warm."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(site: str, libraries: str, path: str) -> str | None:
    sys.path += [site, libraries]
    from stevedore import ExtensionManager

    manager: Any = ExtensionManager("bench.routes")
    best = next(route for one in manager for route in one.plugin if route["path"] == path)
    return str(best["ui"])
