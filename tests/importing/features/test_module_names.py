"""Functions of the standard library that take names of modules."""

from __future__ import annotations

import importlib
import importlib.machinery
import logging
import logging.handlers
import pkgutil
from pathlib import Path

import pytest

from tests.importing.realms import Both, feature

FILES = {
    "notes/__init__.py": "",
    "notes/store.py": "VERSION = $V\n",
    "notes/sub/__init__.py": "",
    "notes/sub/deep.py": "",
    "notes/plain/data.py": "",
}


@feature("`importlib.import_module`, absolute and relative", "names")
def test_import_module(both: Both) -> None:
    app = """
        import importlib
        from importlib import import_module
        a = importlib.import_module("notes.store")
        b = import_module(".store", "notes")
        c = import_module(".store", __package__)
        d = import_module("..store", "notes.sub")
        e = import_module(__name__)
        import json
        f = import_module("json") is json
        def again(): return importlib.import_module("notes.store")
    """
    for realm, v in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        store = realm.module("notes.store")
        assert {id(each) for each in (module.a, module.b, module.c, module.d, module.again())} == {id(store)}
        assert int(v) == store.VERSION
        assert module.e is module
        assert module.f


@feature("`importlib.import_module` of what is not there: the author's names", "names")
def test_import_module_says_what_is_missing(both: Both) -> None:
    app = "import importlib\ndef run(*a): return importlib.import_module(*a)\n"
    for realm, _ in both({**FILES, "notes/app.py": app}):
        run = realm.load("notes.app:run")
        with pytest.raises(ModuleNotFoundError, match=r"^No module named 'notes\.nope'$") as caught:
            run("notes.nope")
        assert caught.value.name == "notes.nope"
        with pytest.raises(ImportError, match="beyond top-level package"):
            run("...nope", "notes")
        with pytest.raises(TypeError, match="package"):
            run(".nope")


@feature("`importlib.util.find_spec`, and loading from a spec", "names")
def test_find_spec(both: Both) -> None:
    app = """
        import importlib.util
        from importlib.util import find_spec
        found = importlib.util.find_spec("notes.store")
        near = find_spec(".store", "notes")
        missing = find_spec("notes.nope"), find_spec("nowhere_at_all"), find_spec("pytest")
        stock = find_spec("json").name
        copy = importlib.util.module_from_spec(found)
        found.loader.exec_module(copy)
    """
    for realm, v in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert module.found.origin == realm.module("notes.store").__file__
        assert module.near.origin == module.found.origin
        assert module.missing == (None, None, None)
        assert module.stock == "json"
        assert int(v) == module.copy.VERSION
        assert module.copy is not realm.module("notes.store")


@feature("`importlib.reload`", "names")
def test_reload(both: Both) -> None:
    app = """
        import importlib
        import notes.store
        notes.store.VERSION = notes.store.extra = "changed"
        result = importlib.reload(notes.store)
        from notes.store import VERSION
    """
    for realm, v in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert module.result is module.notes.store is realm.module("notes.store")
        assert int(v) == module.VERSION
        assert module.result.extra == "changed"


@feature("`pkgutil.iter_modules` and `walk_packages`, with the author's prefix or `__name__`", "names")
def test_pkgutil_walks(both: Both) -> None:
    app = """
        import pkgutil
        import notes
        flat = [(info.name, info.ispkg) for info in pkgutil.iter_modules(notes.__path__)]
        deep = [info.name for info in pkgutil.walk_packages(notes.__path__, "notes.")]
        named = [info.name for info in pkgutil.walk_packages(notes.__path__, notes.__name__ + ".")]
        spec = next(i for i in pkgutil.iter_modules(notes.__path__) if i.name == "store")
        spec = spec.module_finder.find_spec("notes.store")
        failed = []
        broken = list(pkgutil.walk_packages(notes.__path__, "nowhere.", failed.append))
        stock = "decoder" in {info.name for info in pkgutil.iter_modules(__import__("json").__path__)}
    """
    for realm, _ in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert module.flat == [("app", False), ("store", False), ("sub", True)]
        assert module.deep == [
            "notes.app",
            "notes.store",
            "notes.sub",
            "notes.sub.deep",
        ]
        assert [realm.logical(name) for name in module.named] == module.deep
        assert module.spec.origin == realm.module("notes.store").__file__
        assert module.failed == ["nowhere.sub"]
        assert module.stock


@feature("`pkgutil.resolve_name`", "names")
def test_resolve_name(both: Both) -> None:
    app = """
        from pkgutil import resolve_name
        a = resolve_name("notes.store:VERSION"), resolve_name("notes.store.VERSION")
        b = resolve_name("notes.sub.deep")
        c = resolve_name("collections.abc:Mapping.get")
    """
    for realm, v in both({**FILES, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert module.a == (int(v), int(v))
        assert module.b is realm.module("notes.sub.deep")


@feature("everything else of these modules is the real one, also when it is set", "names")
def test_stand_ins_fall_through(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    app = """
        import importlib, importlib.machinery, logging, logging.handlers, pkgutil
        from unittest import mock
        def patched():
            with mock.patch.object(pkgutil, "resolve_name", lambda name: "patched"):
                return pkgutil.resolve_name("x")
        def raised(value): logging.raiseExceptions = value
        names = dir(importlib), importlib.machinery, logging.handlers, logging.INFO
    """
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    for realm, v in both({"notes/__init__.py": "", "notes/app.py": app}):
        module = realm.module("notes.app")
        assert module.names == (dir(importlib), importlib.machinery, logging.handlers, logging.INFO)
        module.raised(v)
        assert logging.raiseExceptions == v
        assert module.patched() == "patched"
        assert module.pkgutil.resolve_name("notes.app") is module
    assert pkgutil.resolve_name("json").__name__ == "json"


@feature("other importers (six-style) on `sys.meta_path`", "names")
def test_synthetic_modules(both: Both) -> None:
    moves = """
        import sys
        from importlib.machinery import ModuleSpec
        from types import ModuleType
        class Importer:
            def __init__(self, name): self.name = name
            def find_spec(self, fullname, path, target=None):
                return ModuleSpec(fullname, self) if fullname == self.name + ".made" else None
            def create_module(self, spec): return ModuleType(spec.name)
            def exec_module(self, module): module.value = $V
        __path__ = []
        sys.meta_path.append(Importer(__name__))
    """
    app = "from notes.moves import made\nimport notes.moves.made as again\n"
    for realm, v in both({"notes/__init__.py": "", "notes/moves.py": moves, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert module.made.value == module.again.value == int(v)


@feature("a stray file beside the package's own is never imported", "names")
def test_stray_files_are_not_imported(both: Both) -> None:
    for realm, _ in both(FILES):
        folder = Path(realm.module("notes").__file__).parent
        (folder / "stray.py").write_text("")
        (folder / "conftest.py").write_text("")
        for name in ("notes.stray", "notes.conftest"):
            with pytest.raises(ModuleNotFoundError):
                realm.module(name)
