"""One loaded package version: its own modules, its private distributions, its way of importing."""

from __future__ import annotations

import sys
from weakref import ref

from peers_runtime.importing import interpreter, loader, names, override
from peers_runtime.importing.contents import Contents
from peers_runtime.importing.lock import tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

    from peers_runtime.importing.lock import Lock
    from peers_runtime.importing.ports import Bytes, Report
    from peers_runtime.importing.standins.table import StandIns


class Realm:
    """Made by `Finder.acquire`, process-wide, shared by everybody who has an equal closure.

    `tag` names it in `sys.modules`, `label` is for people: `notes@1.2.0`.
    """

    __slots__ = (
        "__weakref__",
        "_found",
        "_imports",
        "_loader",
        "_readers",
        "_stand_ins",
        "contents",
        "ended",
        "label",
        "lock",
        "packages",
        "report",
        "tag",
    )

    def __init__(self, lock: Lock, read: Bytes, packages: Sequence[Realm], report: Report) -> None:
        self.lock = lock
        self.ended = False  # its code was told that nobody uses it any more; see `Finder.living`
        self.tag = tag(lock)
        self.label = f"{lock.name}@{lock.version}"
        self.packages = tuple(packages)
        self.report = report
        self._readers = [read]
        self._found: dict[str, None] = {}  # logical names of modules that an import has found, in order
        self._loader: loader.Loader | None = None
        self._stand_ins: StandIns | None = None
        self.contents = Contents(lock, lambda: self.read)
        self._imports: Callable[[], override.Imports | None] = _strongly(self._new_imports())

    def __repr__(self) -> str:
        return f"<realm {self.label}>"

    @property
    def imports(self) -> override.Imports:
        """How its code imports. Once it was dropped, it is that code alone that keeps this."""
        imports = self._imports()
        if imports is None:
            imports = self._new_imports()
            self._imports = ref(imports)
        return imports

    @property
    def read(self) -> Bytes:
        """The bytes of whoever acquired the realm last and has not released it."""
        return self._readers[-1]

    def module(self, logical: str) -> ModuleType:
        """A module of the package, of a private distribution or of a locked package; imported when needed.

        What an import raises comes as the author's code would see it: names as written, no frame of ours.
        ModuleNotFoundError when the realm has no such module.
        """
        mangled = ""
        try:
            mangled = self._mangled(logical)
            module = sys.modules.get(mangled)
            if module is None or interpreter.is_initializing(module):
                __import__(mangled)
                module = sys.modules[mangled]
            return module
        except BaseException as error:
            interpreter.trim(error)
            override.rename(error)
            raise

    def load(self, reference: str) -> Any:
        """What `"notes.ui.note:render"` names; the part after the colon may have dots, or be missing."""
        logical, _, path = reference.partition(":")
        found: Any = self.module(logical)
        for attribute in path.split(".") if path else ():
            try:
                found = getattr(found, attribute)
            except AttributeError as error:
                error.args = (f"{reference!r} of {self.label}: {names.logical(str(error))}",)
                interpreter.trim(error)
                raise
        return found

    def loaded(self) -> tuple[str, ...]:
        """Logical names of the realm's modules in `sys.modules`, private ones too, as their imports began."""
        prefix = names.prefix(self.tag)
        return tuple(logical for logical in tuple(self._found) if prefix + logical in sys.modules)

    def owns(self, module_name: str) -> bool:
        """Whether a module's `__name__` is of this realm."""
        return module_name.startswith(names.prefix(self.tag)) or module_name == names.PREFIX + self.tag

    def logical(self, text: str) -> str:
        """`text` (a log line, a traceback, an error message) with names as the author wrote them."""
        return names.logical(text)

    def has(self, logical: str) -> bool:
        """Whether the realm itself has a module of that name. Imports nothing."""
        return self.contents.find(logical) is not None

    def spec(self, logical: str) -> ModuleSpec | None:
        """For the finder: the spec of a module by logical name; of the realm's root for ''."""
        if self._loader is None:
            self._loader = loader.Loader(self)
        if not logical:
            return loader.root_spec(self)
        found = self.contents.find(logical)
        return None if found is None else loader.spec(self, self._loader, found)

    def found(self, logical: str) -> None:
        """For the finder: an import has found this module, here or elsewhere."""
        self._found[logical] = None

    def stand_ins(self) -> StandIns:
        """The standard library's modules that take module names, as this realm's code sees them."""
        if self._stand_ins is None:
            from peers_runtime.importing.standins.table import StandIns

            self._stand_ins = StandIns(self)
        return self._stand_ins

    def add_reader(self, read: Bytes) -> None:
        self._readers.append(read)

    def remove_reader(self, read: Bytes | None) -> None:
        """Reads no longer through `read`; the last one stays, for what is still running."""
        place = next((i for i, reader in enumerate(self._readers) if reader is read), len(self._readers) - 1)
        if len(self._readers) > 1:
            del self._readers[place]

    def drop(self, modules: dict[str, ModuleType], again: Callable[..., Any]) -> None:
        """For the finder: lets go of the modules, which are no longer in `sys.modules`.

        What of their code still runs keeps them, and imports by `again(function, *arguments)`.
        """
        imports = self.imports
        imports.drop(modules, again)
        self._imports = ref(imports)
        self._stand_ins = None
        self._loader = None

    def take_up(self) -> dict[str, ModuleType]:
        """For the finder: what modules are left of a dropped realm, to be put into `sys.modules` again."""
        imports = self.imports
        self._imports = _strongly(imports)
        modules, imports.dropped = imports.dropped, {}
        return modules

    def _new_imports(self) -> override.Imports:
        prefixes = {package.lock.name: names.prefix(package.tag) for package in self.packages}
        prefixes.update(dict.fromkeys(self.contents.roots, names.prefix(self.tag)))
        stood_in = override.STOOD_IN_BESIDE_PRIVATE if self.lock.private else override.STOOD_IN
        return override.Imports(self.label, prefixes, self.lock.declared, stood_in, self._stand_in)

    def _mangled(self, logical: str) -> str:
        prefix = self.imports.prefix(logical.partition(".")[0])
        if prefix is None:
            raise ModuleNotFoundError(f"No module named {logical!r}", name=logical)
        return prefix + logical

    def _stand_in(self, name: str) -> ModuleType:
        return self.stand_ins().module(name)


def _strongly(imports: override.Imports) -> Callable[[], override.Imports]:
    return lambda: imports
