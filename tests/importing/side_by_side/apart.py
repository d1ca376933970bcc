"""Whether versions, and versions and the host, are kept apart."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from peers_runtime.importing import names
from tests.importing.side_by_side.version import Version


def mixed(versions: Sequence[Version], home: Path) -> Iterator[str]:
    """What is not where it belongs. All files of the versions lie below `home`."""
    for version in versions:
        others = [made for other in versions if other is not version for made in other.made]
        for made in version.made:
            if not _belongs(made, version):
                yield f"{version.distribution.version} uses {made!r}"
            if any(_is_of_one_class(made, other, version) for other in others):
                yield f"{version.distribution.version} uses what is another version's"
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != names.ROOT and _is_private(module, home):
            yield f"sys.modules has a private module as {name}"
    for root in {root for version in versions for root in version.realm.contents.roots}:
        if _is_found_by_the_host(root, home):
            yield f"the host finds {root}"


def _belongs(made: object, version: Version) -> bool:
    """Whether a module, class or function, or the class of anything else, is of the version's realm."""
    if isinstance(made, ModuleType):
        return version.realm.owns(made.__name__)
    is_definition = isinstance(getattr(made, "__qualname__", None), str)  # a proxy answers with anything
    definition: Any = made if is_definition else type(made)
    module, name = str(definition.__module__), definition.__qualname__.partition(".")[0]
    if version.realm.owns(module):
        return True  # else some give their classes the name of a module themselves
    return version.realm.has(module) and getattr(version.realm.module(module), name, None) is definition


def _is_of_one_class(made: object, other: object, version: Version) -> bool:
    return made is other or (_belongs(type(made), version) and isinstance(other, type(made)))


def _is_private(module: object, home: Path) -> bool:
    name, file = getattr(module, "__name__", None), getattr(module, "__file__", None)
    return str(name).startswith(names.PREFIX) or str(file).startswith(str(home))


def _is_found_by_the_host(name: str, home: Path) -> bool:
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    return found is not None and str(found.origin).startswith(str(home))
