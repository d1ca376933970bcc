"""`pkgutil` for a realm's code."""

from __future__ import annotations

import pkgutil
from pkgutil import ModuleInfo

from peers_runtime.importing import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from importlib.machinery import ModuleSpec
    from typing import Any

    from peers_runtime.importing.realm import Realm


def members(realm: Realm) -> dict[str, Any]:
    def iter_modules(path: Iterable[str] | None = None, prefix: str = "") -> Iterator[ModuleInfo]:
        return pkgutil.iter_modules(path, prefix) if path is None else _modules(realm, path, prefix)

    def walk_packages(
        path: Iterable[str] | None = None,
        prefix: str = "",
        onerror: Callable[[str], object] | None = None,
    ) -> Iterator[ModuleInfo]:
        return _walk(realm, iter_modules(path, prefix), onerror, set())

    def get_data(package: str, resource: str) -> bytes | None:
        return pkgutil.get_data(realm.imports.mangled(package), resource)

    def extend_path(path: list[str], name: str) -> list[str]:
        """Also the folders in which other private distributions have modules of the package."""
        logical = names.split(name)[1] if realm.owns(name) else name
        if logical.partition(".")[0] not in realm.contents.roots or not isinstance(path, list):
            return pkgutil.extend_path(path, name)
        return list(dict.fromkeys([*path, *realm.contents.folders(logical)]))

    def resolve_name(name: str) -> Any:
        if realm.imports.prefix(name.partition(":")[0].partition(".")[0]) is None:
            return pkgutil.resolve_name(name)
        return _resolve(realm, name)

    return {
        "extend_path": extend_path,
        "iter_modules": iter_modules,
        "walk_packages": walk_packages,
        "get_data": get_data,
        "resolve_name": resolve_name,
    }


class _Importer:
    """The `module_finder` of a ModuleInfo: finds the modules of one package of the realm."""

    def __init__(self, realm: Realm, package: str) -> None:
        self._realm = realm
        self._package = package

    def find_spec(self, fullname: str, _target: object = None) -> ModuleSpec | None:
        last = fullname.rpartition(".")[2]
        return self._realm.spec(f"{self._package}.{last}" if self._package else last)


def _modules(realm: Realm, path: Iterable[str], prefix: str) -> Iterator[ModuleInfo]:
    seen: set[str] = set()
    for folder in path:
        for info in _modules_in(realm, folder, prefix):
            if info.name not in seen:
                seen.add(info.name)
                yield info


def _modules_in(realm: Realm, folder: str, prefix: str) -> Iterator[ModuleInfo]:
    packages = list(realm.contents.packages_at(folder))
    for package in packages:
        importer: Any = _Importer(realm, package)
        for name, file in sorted(realm.contents.children(package).items()):
            if file.path is not None:  # as everywhere, a folder without `__init__.py` is not listed
                yield ModuleInfo(importer, prefix + name, file.is_package)
    if not packages:
        yield from pkgutil.iter_modules([folder], prefix)


def _walk(
    realm: Realm,
    infos: Iterator[ModuleInfo],
    onerror: Callable[[str], object] | None,
    seen: set[str],
) -> Iterator[ModuleInfo]:
    for info in infos:
        yield info
        if not info.ispkg:
            continue
        try:
            package = realm.imports.module(info.name)
        except ImportError:
            if onerror is not None:
                onerror(info.name)
        except Exception:
            if onerror is None:
                raise
            onerror(info.name)
        else:
            fresh = [folder for folder in getattr(package, "__path__", ()) if folder not in seen]
            seen.update(fresh)
            yield from _walk(realm, _modules(realm, fresh, info.name + "."), onerror, seen)


def _resolve(realm: Realm, name: str) -> Any:
    module, colon, path = name.partition(":")
    if colon:
        found = realm.imports.module(module)
        parts = path.split(".") if path else []
    else:
        module, *parts = name.split(".")
        found = realm.imports.module(module)
        while parts:
            try:
                found = realm.imports.module(f"{module}.{parts[0]}")
            except ImportError:
                break
            module = f"{module}.{parts.pop(0)}"
    for part in parts:
        found = getattr(found, part)
    return found
