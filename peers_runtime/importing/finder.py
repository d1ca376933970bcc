"""The one finder of the process: it answers for realms and for facades, and counts who uses which realm.

It stands first in `sys.meta_path` and costs every other import one test of the top-level name.
"""

from __future__ import annotations

import sys
from _thread import RLock, allocate_lock
from functools import partial

from peers_runtime.importing import facade, interpreter, names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

    from peers_runtime.importing.lock import Lock
    from peers_runtime.importing.ports import Bytes, Load, Report, Undo
    from peers_runtime.importing.realm import Realm
    from peers_runtime.importing.unload import Remains

    Owner = tuple[object, Callable[[str], Iterable[str]] | None]

_installing = allocate_lock()


def finder() -> Finder:
    """The finder in `sys.meta_path`; puts one there when there is none."""
    with _installing:
        for present in sys.meta_path:
            if isinstance(present, Finder):
                return present
        made = Finder()
        sys.meta_path.insert(0, made)
        return made


class Finder:
    """Ask `finder()` for it; there is one."""

    def __init__(self) -> None:
        self._guard = RLock()
        self._roots: dict[str, list[Owner]] = {names.ROOT: []}  # top-level names, and who has them managed
        self._realms: dict[str, Realm] = {}
        self._counts: dict[str, int] = {}
        self._special: dict[str, dict[str, str]] = {}  # by facade: its submodules, by attribute
        self._loaders: list[Load] = []
        self._remains: list[Remains] = []
        self._facades = facade.FacadeLoader(self._special_names)

    def find_spec(
        self, name: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        root = name.partition(".")[0]
        if root not in self._roots:
            return None
        if root == names.ROOT:
            return self._find_in_realm(name, path, target)
        if name == root or isinstance(sys.modules.get(root), facade.Facade):
            return self._facades.spec(name)
        return None

    def find_distributions(self, context: Any = None) -> Iterable[Any]:
        """For a copy of `importlib.metadata` among a realm's private distributions: what that realm has."""
        tag, _ = names.split(interpreter.calling_module().get("__name__", ""))
        realm = self._realms.get(tag)
        if realm is None:
            return ()
        from peers_runtime.importing.standins import metadata

        return metadata.found(realm, getattr(context, "name", None))

    def manage(
        self,
        wanted: Iterable[str],
        owner: object,
        submodules: Callable[[str], Iterable[str]] | None = None,
    ) -> Undo:
        """Gives these import names facades as long as any owner has them managed.

        `submodules("notes")` names the submodules that any version has (`"store"`), of versions that are
        not loaded too: `from notes import store` then works in host code outside any context.

        A name that is imported already keeps its module: see `occupied`. The undo of the last owner takes
        the facades out of `sys.modules`; whoever still holds one can go on using it.
        """
        managed = list(dict.fromkeys(wanted))
        with self._guard:
            for name in managed:
                self._roots.setdefault(name, []).append((owner, submodules))

        def undo() -> None:
            with self._guard:
                while managed:
                    self._unmanage(managed.pop(), owner)

        return undo

    def occupied(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that were imported as ordinary modules, and so have no facade."""
        return tuple(
            name
            for name in wanted
            if name in sys.modules and not isinstance(sys.modules[name], facade.Facade)
        )

    def on_unknown_tag(self, load: Load) -> Undo:
        """Has `load` asked for realms that are named (by a pickle, say) and not loaded in this process.

        A realm found so stays loaded for the life of the process.
        """
        self._loaders.append(load)

        def undo() -> None:
            if load in self._loaders:
                self._loaders.remove(load)

        return undo

    @property
    def loaders(self) -> tuple[Load, ...]:
        """Who is asked for unknown tags, in the order of registration."""
        return tuple(self._loaders)

    def acquire(self, lock: Lock, read: Bytes, report: Report) -> Realm:
        """The realm of a closure, counted once more; no module is loaded.

        Each call needs a `release` with the same `read`, which must stay usable until then.
        """
        from peers_runtime.importing.lock import tag
        from peers_runtime.importing.realm import Realm

        with self._guard:
            key = tag(lock)
            realm = self._realms.get(key)
            if realm is not None:
                realm.add_reader(read)
                self._counts[key] += 1
                return realm
            packages: list[Realm] = []
            try:
                packages.extend(self.acquire(package, read, report) for package in lock.packages)
                realm = Realm(lock, read, packages, report)
                self._tell_facades(realm)
            except BaseException:
                for acquired in packages:
                    self.release(acquired, read, collect=False)
                raise
            self._realms[key] = realm
            self._counts[key] = 1
            return realm

    def release(
        self, realm: Realm, read: Bytes | None = None, *, collect: bool = True, watch: bool = True
    ) -> None:
        """Counts the realm once less. When nobody has it any more it is dropped: see `unload`.

        A realm that has been dropped is left alone.
        `collect`: run the garbage collector then and report what stays alive. It may take long in a big
        process: say False on a request's path, and call `collect()` later. `watch`: False where it is no
        fault that somebody holds on to it, as when a host closes its runtime.
        """
        from peers_runtime.importing import unload

        with self._guard:
            if self._realms.get(realm.tag) is not realm:
                return
            realm.remove_reader(read)
            self._counts[realm.tag] -= 1
            if self._counts[realm.tag]:
                return
            del self._counts[realm.tag], self._realms[realm.tag]
            for package in realm.packages:
                self.release(package, read, collect=False, watch=watch)
            remains = unload.drop(realm, partial(self._again, realm))
            if watch:
                self._remains.append(remains)
        if collect:
            self.collect()

    @interpreter.unseen
    def _again(self, realm: Realm, function: Callable[..., Any], *arguments: Any) -> Any:
        """For code of a dropped realm that still runs: its modules are back while an import of it lasts."""
        leave = self._take_up(realm)
        try:
            return function(*arguments)
        finally:
            leave()

    def _take_up(self, realm: Realm) -> Undo:
        """Counts a dropped realm as used. Not while another of its closure is loaded, which then answers."""
        from peers_runtime.importing import unload

        with self._guard:
            read = realm.read
            present = self._realms.get(realm.tag)
            if present is None:
                self._realms[realm.tag] = realm
                self._counts[realm.tag] = 0
                for package in realm.packages:
                    self._take_up(package)
                unload.take_up(realm)
            elif present is not realm:
                return lambda: None
            realm.add_reader(read)
            self._counts[realm.tag] += 1
        return lambda: self.release(realm, read, collect=False, watch=False)

    def collect(self) -> tuple[Remains, ...]:
        """Runs the garbage collector and returns what is left of dropped realms that should be gone.

        Each is reported once, naming who holds it.
        """
        from peers_runtime.importing import unload

        with self._guard:
            remains, self._remains = self._remains, []
        alive = unload.collect(remains)
        with self._guard:
            self._remains.extend(alive)
        return tuple(alive)

    def living(self, lock: Lock) -> Lock:
        """The closure in a life that has not ended: the given one, unless its realm has ended and is held."""
        from peers_runtime.importing.lock import tag

        with self._guard:
            while (realm := self._realms.get(tag(lock))) is not None and realm.ended:
                lock = lock.next_life()
            return lock

    def realm(self, tag: str) -> Realm | None:
        """The loaded realm of that tag."""
        return self._realms.get(tag)

    def realms(self) -> tuple[Realm, ...]:
        return tuple(self._realms.values())

    def _find_in_realm(self, name: str, path: object, target: ModuleType | None) -> ModuleSpec | None:
        tag, logical = names.split(name)
        if not tag:
            return None
        realm = self._realms.get(tag) or self._load(tag)
        if realm is None:
            raise ModuleNotFoundError(
                f"no package version with the tag {tag!r} is known here (is PEERS_HOME set?)",
                name=name,
            )
        found = realm.spec(logical)
        if found is None:
            found = _from_others(realm, name, path, target)
        if found is None:
            raise ModuleNotFoundError(f"No module named {logical!r}", name=name)
        if logical:
            realm.found(logical)
        return found

    def _load(self, tag: str) -> Realm | None:
        asked: list[Load] = []
        while True:
            # A loader may register another one, which is then asked too.
            load = next((loader for loader in self._loaders if loader not in asked), None)
            if load is None:
                return self._realms.get(tag)
            asked.append(load)
            answer = load(tag)
            if answer is not None:
                return self.acquire(*answer, _report_to_nobody)

    def _special_names(self, logical: str) -> dict[str, str]:
        with self._guard:
            special = self._special.setdefault(logical, {})
            root = logical.partition(".")[0]
            for _, submodules in self._roots.get(root, ()):
                if submodules is not None:
                    _add(special, logical, submodules(logical))
            for realm in self._realms.values():
                if realm.lock.name == root:
                    _add(special, logical, realm.contents.children(logical))
            return special

    def _tell_facades(self, realm: Realm) -> None:
        for logical, special in self._special.items():
            if logical.partition(".")[0] == realm.lock.name:
                _add(special, logical, realm.contents.children(logical))

    def _unmanage(self, name: str, owner: object) -> None:
        owners = self._roots[name]
        owners[:] = _without_one(owners, owner)
        if owners:
            return
        del self._roots[name]
        for present, module in tuple(sys.modules.items()):
            if isinstance(module, facade.Facade) and present.partition(".")[0] == name:
                del sys.modules[present]
        for logical in tuple(self._special):
            if logical.partition(".")[0] == name:
                del self._special[logical]


def _add(special: dict[str, str], logical: str, submodules: Iterable[str]) -> None:
    for name in submodules:
        special[name] = f"{logical}.{name}"


def _without_one(owners: list[Owner], owner: object) -> list[Owner]:
    place = next(i for i, (present, _) in enumerate(owners) if present is owner)
    return owners[:place] + owners[place + 1 :]


def _from_others(realm: Realm, name: str, path: object, target: ModuleType | None) -> ModuleSpec | None:
    """What importers like six's have under the name; never a stray file of the laid-out folder."""
    from peers_runtime.importing import loader

    own = realm.imports.importers
    for other in (*own, *(each for each in tuple(sys.meta_path) if each not in own)):
        if isinstance(other, Finder) or interpreter.is_stock_importer(other):
            continue
        find = getattr(other, "find_spec", None)
        found: ModuleSpec | None = find(name, path, target) if find is not None else None
        if found is not None and not (found.has_location and loader.lies_in_realm(found.origin, realm)):
            return found
    return None


def _report_to_nobody(_code: str, _message: str) -> None:
    return None
