"""Dropping a realm: its modules leave `sys.modules`, a fixed table of caches is purged, and the proof is kept.

What else holds on to a dropped realm is named (see `holders`), not chased: a function that a host put into
a registry of its own is the host's.
"""

from __future__ import annotations

import gc
import sys
import weakref

from peers_runtime.importing import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

    from peers_runtime.importing.holders import Holder
    from peers_runtime.importing.realm import Realm


class Remains:
    """What there was of a dropped realm, by weak references to its modules and classes."""

    def __init__(self, realm: Realm, things: Iterable[object]) -> None:
        self.tag = realm.tag
        self.label = realm.label
        self.references = [weakref.ref(thing) for thing in things]
        self.reported = False
        self._report = realm.report

    def __repr__(self) -> str:
        return f"<remains of {self.label}: {len(self.alive())} of {len(self.references)} alive>"

    def alive(self) -> list[object]:
        """The modules and classes that have not been freed. Whoever keeps the list holds them, too."""
        return [thing for reference in self.references if (thing := reference()) is not None]

    def holders(self) -> list[Holder]:
        """Who holds what is still alive, nearest first. Walks the heap: seconds in a big process."""
        from peers_runtime.importing import holders

        return holders.holders(self.references)

    def report(self) -> None:
        """Says once who holds on."""
        if self.reported:
            return
        self.reported = True
        found = self.holders()
        reason = "; ".join(str(holder) for holder in found[:3]) or "nobody who can be named holds it"
        self._report("P0304", f"{self.label} is no longer used, but cannot be freed: {reason}")


def drop(realm: Realm) -> Remains:
    """Takes a realm out of the process. Nothing is collected yet: see `collect`."""
    prefix = names.prefix(realm.tag)
    modules = [
        module
        for name, module in tuple(sys.modules.items())
        if name.startswith(prefix) or name == prefix[:-1]
    ]
    remains = Remains(realm, _proof(modules, prefix))
    for purge in _PURGES:
        purge(realm, prefix)
    _leave_sys_modules(prefix)
    realm.forget()
    return remains


def collect(remains: Iterable[Remains]) -> list[Remains]:
    """Runs the garbage collector; what is left of the given is reported and returned."""
    waiting = list(remains)
    if not waiting:
        return []
    gc.collect()
    left = [remain for remain in waiting if remain.alive()]
    for remain in left:
        remain.report()
    return left


def _proof(modules: Iterable[object], prefix: str) -> list[object]:
    things: dict[int, object] = {}
    for module in modules:
        try:
            weakref.ref(module)
        except TypeError:
            continue  # something else that a module put in its own place
        things[id(module)] = module
        for value in tuple(getattr(module, "__dict__", {}).values()):
            if isinstance(value, type) and value.__module__.startswith(prefix):
                things[id(value)] = value
    return list(things.values())


def _leave_sys_modules(prefix: str) -> None:
    for name in tuple(sys.modules):
        if name.startswith(prefix) or name == prefix[:-1]:
            sys.modules.pop(name, None)
    root: ModuleType | None = sys.modules.get(names.ROOT)
    if root is not None:
        root.__dict__.pop(prefix[len(names.PREFIX) : -1], None)


def _purge_importers(realm: Realm, prefix: str) -> None:
    for importers in (sys.meta_path, sys.path_hooks):
        importers[:] = [importer for importer in importers if not _is_from(importer, prefix)]
    for path, importer in tuple(sys.path_importer_cache.items()):
        if _is_from(importer, prefix):
            sys.path_importer_cache.pop(path, None)


def _purge_linecache(realm: Realm, prefix: str) -> None:
    linecache = sys.modules.get("linecache")
    if linecache is None:
        return
    from peers_runtime.importing import loader

    for filename, entry in tuple(linecache.cache.items()):
        if len(entry) == 1:  # read on demand, through the loader of a module
            loader_of = getattr(getattr(entry[0], "func", entry[0]), "__self__", None)
            ours = loader.realm_of(loader_of) is realm
        else:
            ours = loader.source_owner(entry[2]) is realm
        if ours or (realm.lock.origin is None and realm.contents.file_at(filename) is not None):
            linecache.cache.pop(filename, None)


def _purge_inspect(realm: Realm, prefix: str) -> None:
    inspect = sys.modules.get("inspect")
    if inspect is None:
        return
    for cache in (inspect.modulesbyfile, inspect._filesbymodname):
        for key, value in tuple(cache.items()):
            if str(key).startswith(prefix) or str(value).startswith(prefix):
                cache.pop(key, None)
    for function in ("_shadowed_dict_from_mro_tuple", "_shadowed_dict_from_weakref_mro_tuple"):
        clear = getattr(getattr(inspect, function, None), "cache_clear", None)
        if clear is not None:
            clear()


def _purge_typing(realm: Realm, prefix: str) -> None:
    for name in ("typing", "typing_extensions"):
        for clear in getattr(sys.modules.get(name), "_cleanups", ()):
            clear()


def _purge_logging(realm: Realm, prefix: str) -> None:
    if "logging" in sys.modules:
        from peers_runtime.importing.standins import loggers

        loggers.purge(prefix)


def _purge_copyreg(realm: Realm, prefix: str) -> None:
    copyreg = sys.modules.get("copyreg")
    if copyreg is None:
        return
    for kind, reduce in tuple(copyreg.dispatch_table.items()):
        if kind.__module__.startswith(prefix) or _is_from(reduce, prefix):
            copyreg.dispatch_table.pop(kind, None)


def _purge_abc(realm: Realm, prefix: str) -> None:
    """Registrations are weak in CPython, but what was answered before is kept until it is reset."""
    abc = sys.modules.get("_abc")
    if abc is None:
        return
    from abc import ABCMeta

    for name, module in tuple(sys.modules.items()):
        if not name.startswith(prefix):
            continue
        for value in tuple(getattr(module, "__dict__", {}).values()):
            if isinstance(value, ABCMeta):
                abc._reset_caches(value)


def _is_from(thing: object, prefix: str) -> bool:
    for candidate in (thing, type(thing)):
        module = getattr(candidate, "__module__", None)
        if isinstance(module, str) and module.startswith(prefix):
            return True
    return False


_PURGES: tuple[Callable[[Realm, str], None], ...] = (
    _purge_importers,
    _purge_linecache,
    _purge_inspect,
    _purge_typing,
    _purge_logging,
    _purge_copyreg,
    _purge_abc,
)
