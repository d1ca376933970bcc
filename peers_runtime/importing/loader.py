"""The `__loader__` of a realm's modules. Execution is importlib's own, so that its frames stay unseen."""

from __future__ import annotations

import os
from importlib import abc, util
from importlib.machinery import ModuleSpec
from types import ModuleType

from peers_runtime.importing import interpreter, names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.resources.abc import TraversableResources
    from types import CodeType

    from peers_runtime.importing.contents import Found
    from peers_runtime.importing.realm import Realm


class Loader(abc.InspectLoader):
    """One for all modules of a realm."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self._prefix_length = len(names.prefix(realm.tag))

    def __repr__(self) -> str:
        return f"<realm {self.realm.label}>"

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)
        interpreter.plant(module, self.realm.imports.builtins)
        found: Found | None = spec.loader_state
        if found is None:
            return module
        if found.path is None:
            module.__file__ = None  # as importlib has it for a namespace package
        elif found.share:
            self._show_own_source(found)
        return module

    def get_code(self, fullname: str) -> CodeType:
        found = self._found(fullname)
        if found.digest is None or found.filename is None:
            return compile("", "<namespace package>", "exec")
        return self.realm.read.code(found.digest, found.logical, found.filename, found.share)

    def get_source(self, fullname: str) -> str | None:
        found = self._found(fullname)
        if found.digest is None or found.path is None:
            return None
        return util.decode_source(self.realm.read.source(found.digest, found.path))

    def is_package(self, fullname: str) -> bool:
        return self._found(fullname).locations is not None

    def get_filename(self, fullname: str) -> str:
        filename = self._found(fullname).filename
        if filename is None:
            raise ImportError(f"{names.logical(fullname)} has no file", name=fullname)
        return filename

    def get_data(self, path: str) -> bytes:
        """The bytes of a file, given its place on disk; OSError when the realm has no such file."""
        place = self.realm.contents.file_at(path)
        if place is None:
            raise FileNotFoundError(f"{path} is no file of {self.realm.label}")
        return self.realm.read.source(*place)

    def get_resource_reader(self, fullname: str) -> TraversableResources | None:
        from peers_runtime.importing import resources

        found = self._found(fullname)
        return None if found.locations is None else resources.Reader(self.realm, found.logical)

    def _found(self, fullname: str) -> Found:
        found = self.realm.contents.find(fullname[self._prefix_length :])
        if found is None:
            raise ImportError(f"{self.realm.label} has no module {names.logical(fullname)!r}", name=fullname)
        return found

    def _show_own_source(self, found: Found) -> None:
        """Makes tracebacks and `inspect` show what runs, not what the author's file holds by now."""
        import linecache

        filename = found.filename
        assert filename is not None
        linecache.cache[filename] = (0, None, _Lines(self, found), filename)  # type: ignore[assignment]  # read as a list


class _Lines:
    """The lines of a module as `linecache` wants them, read when somebody looks."""

    __slots__ = ("_found", "_lines", "loader")

    def __init__(self, loader: Loader, found: Found) -> None:
        self.loader = loader
        self._found = found
        self._lines: list[str] | None = None

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._all()[index]

    def _all(self) -> list[str]:
        if self._lines is None:
            realm = self.loader.realm
            source = self.loader.get_source(names.prefix(realm.tag) + self._found.logical) or ""
            self._lines = [line + "\n" for line in source.splitlines()]
        return self._lines


def source_owner(lines: object) -> Realm | None:
    """The realm whose source stands in an entry of `linecache.cache`, if that entry was made here."""
    return lines.loader.realm if isinstance(lines, _Lines) else None


def realm_of(loader: object) -> Realm | None:
    """The realm that a loader loads for, if it is one of ours."""
    return loader.realm if isinstance(loader, Loader) else None


def root_spec(realm: Realm) -> ModuleSpec:
    """Of `peers_packages.<tag>`: an empty namespace package that no path leads into; it knows the realm."""
    return ModuleSpec(names.PREFIX + realm.tag, None, is_package=True, loader_state=realm)


def spec(realm: Realm, loader: Loader, found: Found) -> ModuleSpec:
    made = ModuleSpec(
        names.prefix(realm.tag) + found.logical, loader, origin=found.filename, loader_state=found
    )
    made.submodule_search_locations = None if found.locations is None else list(found.locations)
    made.has_location = found.filename is not None
    made.cached = ""  # there is no .pyc; left to itself, importlib computes where one would be
    return made


def lies_in_realm(filename: str | None, realm: Realm) -> bool:
    """Whether a file lies where the realm's files are laid out, known to the realm or not."""
    return filename is not None and realm.contents.file_at(os.path.abspath(filename)) is not None
