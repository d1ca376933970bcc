"""Dropping a realm: its modules leave `sys.modules`, a fixed table of caches is purged, the proof is kept.

What else holds on to a dropped realm is named (see `holders`), not chased: a function that a host put into
a registry of its own is the host's.
"""

from __future__ import annotations

import gc
import sys
import time
import weakref
from types import FunctionType

from peers_runtime.importing import names

_NOTHING_KNOWN = (lambda: None,)  # what linecache takes for an entry whose source is still to be got
_ATTEMPTS = 3
_PAUSE = 0.02  # seconds between two of them

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType
    from typing import Any

    from peers_runtime.importing.holders import Holder
    from peers_runtime.importing.realm import Realm


class Remains:
    """What there was of a dropped realm, by weak references to its modules, classes and functions."""

    def __init__(self, realm: Realm, things: Iterable[object]) -> None:
        self.tag = realm.tag
        self.label = realm.label
        self.references = [weakref.ref(thing) for thing in things]
        self.reported = False
        self._report = realm.report

    def __repr__(self) -> str:
        return f"<remains of {self.label}: {len(self.alive())} of {len(self.references)} alive>"

    def alive(self) -> list[object]:
        """What of these has not been freed. Whoever keeps the list holds it, too."""
        return [thing for reference in self.references if (thing := reference()) is not None]

    def holders(self) -> list[Holder]:
        """Who holds what is still alive, nearest first. Walks the heap: seconds in a big process."""
        from peers_runtime.importing import holders

        return holders.holders(self.references)

    def report(self) -> None:
        """Says once who holds on; not yet while an error that came through its code is being handled."""
        if self.reported or _is_in_flight(names.prefix(self.tag)):
            return
        self.reported = True
        found = self.holders()
        gc.collect()
        if not self.alive():  # a copy of a running function's variables held it, and looking renewed that
            return
        reason = "; ".join(str(holder) for holder in found[:3]) or "nobody who can be named holds it"
        self._report("P0304", f"{self.label} is no longer used, but cannot be freed: {reason}")


def drop(realm: Realm, again: Callable[..., Any]) -> Remains:
    """Takes a realm out of the process. Nothing is collected yet: see `collect`.

    Code of it that still runs keeps its modules, and imports by `again(function, *arguments)`.
    """
    prefix = names.prefix(realm.tag)
    modules = [module for name, module in tuple(sys.modules.items()) if _is_in(name, prefix)]
    remains = Remains(realm, _proof(modules, prefix))
    _purge_linecache(realm)
    for purge in _PURGES:
        purge(prefix)
    realm.drop(_leave_sys_modules(prefix), again)
    return remains


def collect(remains: Iterable[Remains]) -> list[Remains]:
    """Runs the garbage collector; what is left of the given is reported and returned."""
    left = list(remains)
    for attempt in range(_ATTEMPTS):
        if not left:
            return []
        if attempt:
            time.sleep(_PAUSE)  # a collection does nothing while one in another thread is under way
        gc.collect()
        left = [remain for remain in left if remain.alive()]
    for remain in left:
        remain.report()
    return [remain for remain in left if remain.alive()]


def _is_in_flight(prefix: str) -> bool:
    """Whether some thread handles an error that came through code below `prefix`: that holds its frames."""
    handled = sys._current_exceptions().values()  # noqa: SLF001  # documented; nothing else tells of threads
    found = [
        one[1] if isinstance(one, tuple) else one for one in handled
    ]  # before 3.12: type, error, traceback
    errors = [one for one in found if one is not None]
    seen: set[int] = set()
    while errors:
        error = errors.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        traceback = error.__traceback__
        while traceback is not None:
            if _is_in(str(traceback.tb_frame.f_globals.get("__name__")), prefix):
                return True
            traceback = traceback.tb_next
        errors += [one for one in (error.__cause__, error.__context__) if one is not None]
    return False


def _proof(modules: Iterable[object], prefix: str) -> list[object]:
    things: dict[int, object] = {}
    for module in modules:
        try:
            weakref.ref(module)
        except TypeError:
            continue  # something else that a module put in its own place
        things[id(module)] = module
        namespace = getattr(module, "__dict__", {})
        for value in tuple(namespace.values()):
            # Neither `__class__` nor `__module__` of a package's object can be trusted to be what it should.
            if issubclass(type(value), type):
                is_own = str(vars(value).get("__module__")).startswith(prefix)
            else:  # the namespace itself, which a function keeps alive without its module, has no references
                is_own = type(value) is FunctionType and value.__globals__ is namespace
            if is_own:
                things[id(value)] = value
    return list(things.values())


def _is_in(name: str, prefix: str) -> bool:
    return name.startswith(prefix) or name == prefix[:-1]


def take_up(realm: Realm) -> None:
    """Puts what is left of a dropped realm's modules back to where they were."""
    modules = realm.take_up()
    sys.modules.update(modules)
    root, own = sys.modules.get(names.ROOT), names.PREFIX + realm.tag
    if root is not None and own in modules:
        setattr(root, realm.tag, modules[own])


def _leave_sys_modules(prefix: str) -> dict[str, ModuleType]:
    left = {}
    for name in tuple(sys.modules):
        if _is_in(name, prefix) and (module := sys.modules.pop(name, None)) is not None:
            left[name] = module
    root: ModuleType | None = sys.modules.get(names.ROOT)
    if root is not None:
        root.__dict__.pop(names.split(prefix)[0], None)
    return left


def _purge_linecache(realm: Realm) -> None:
    linecache = sys.modules.get("linecache")
    if linecache is None:
        return
    from peers_runtime.importing import loader

    laid_out = realm.contents.laid_out()
    for filename, entry in tuple(linecache.cache.items()):
        if len(entry) == 1:  # to be read through the loader of a module, when somebody asks
            owner = loader.realm_of(getattr(getattr(entry[0], "func", None), "__self__", None))
        else:
            owner = loader.source_owner(entry[2])
        if owner is realm or filename.startswith(laid_out):
            # Not taken out: another thread may be going through the names. It reads as "nothing known yet".
            linecache.cache[filename] = _NOTHING_KNOWN


def _purge_importers(prefix: str) -> None:
    sys.meta_path[:] = [importer for importer in sys.meta_path if not _is_from(importer, prefix)]
    sys.path_hooks[:] = [hook for hook in sys.path_hooks if not _is_from(hook, prefix)]
    for path, importer in tuple(sys.path_importer_cache.items()):
        if _is_from(importer, prefix):
            sys.path_importer_cache.pop(path, None)


def _purge_inspect(prefix: str) -> None:
    inspect = sys.modules.get("inspect")
    if inspect is None:
        return
    for cache in (inspect.modulesbyfile, inspect._filesbymodname):  # noqa: SLF001  # nothing public clears it
        for key, value in tuple(cache.items()):
            if str(key).startswith(prefix) or str(value).startswith(prefix):
                cache.pop(key, None)
    for function in ("_shadowed_dict_from_mro_tuple", "_shadowed_dict_from_weakref_mro_tuple"):
        clear = getattr(getattr(inspect, function, None), "cache_clear", None)
        if clear is not None:
            clear()


def _purge_typing(prefix: str) -> None:
    """Functions marked as overloads, by module; and all that is cached, which cannot be cleared by entry."""
    for name in ("typing", "typing_extensions"):
        typing = sys.modules.get(name)
        overloads: dict[str, object] = getattr(typing, "_overload_registry", {})
        for module in tuple(overloads):
            if module.startswith(prefix):
                overloads.pop(module, None)
        for clear in getattr(typing, "_cleanups", ()):
            clear()


def _purge_logging(prefix: str) -> None:
    if "logging" in sys.modules:
        from peers_runtime.importing.standins import loggers

        loggers.purge(prefix)


def _purge_copyreg(prefix: str) -> None:
    copyreg = sys.modules.get("copyreg")
    if copyreg is None:
        return
    for kind, reduce in tuple(copyreg.dispatch_table.items()):
        if _is_from(kind, prefix) or _is_from(reduce, prefix):
            copyreg.dispatch_table.pop(kind, None)


def _purge_warnings(prefix: str) -> None:
    """Filters that a realm's code added, and its categories among what modules have been warned of."""
    warnings = sys.modules.get("warnings")
    if warnings is None:
        return
    tag = names.split(prefix)[0]
    warnings.filters[:] = [
        entry
        for entry in warnings.filters
        if not _is_from(entry[2], prefix) and tag not in str(getattr(entry[3], "pattern", entry[3]))
    ]
    namespaces = [getattr(module, "__dict__", {}) for module in tuple(sys.modules.values())]
    for told in (warnings.onceregistry, *(each.get("__warningregistry__") or {} for each in namespaces)):
        for key in tuple(told):
            if isinstance(key, tuple) and any(_is_from(part, prefix) for part in key):
                told.pop(key, None)


def _purge_pydantic(prefix: str) -> None:
    """Parametrized generic models: the cache holds them weakly, but what they were made of strongly."""
    generics = sys.modules.get("pydantic._internal._generics")
    cache = getattr(generics, "_GENERIC_TYPES_CACHE", None)
    entries: dict[object, object] = getattr(cache, "data", {})
    for key in tuple(entries):
        if _is_made_of(key, prefix):
            entries.pop(key, None)


def _is_made_of(key: object, prefix: str) -> bool:
    """Whether a type, or a tuple of types, mentions what is from the realm."""
    waiting = [key]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, tuple | list):
            waiting.extend(thing)
        elif _is_from(thing, prefix):
            return True
        else:
            waiting.extend(getattr(thing, name, ()) for name in ("__origin__", "__args__", "__metadata__"))
    return False


def _is_from(thing: object, prefix: str) -> bool:
    for candidate in (thing, type(thing)):
        module = getattr(candidate, "__module__", None)
        if isinstance(module, str) and module.startswith(prefix):
            return True
    return False


_PURGES: tuple[Callable[[str], None], ...] = (
    _purge_importers,
    _purge_inspect,
    _purge_typing,
    _purge_logging,
    _purge_copyreg,
    _purge_warnings,
    _purge_pydantic,
)
