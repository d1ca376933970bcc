"""Private distributions that look for themselves, and for each other, by name."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys

import pytest

from peers_runtime.importing.finder import finder
from tests.importing.realms import Workshop, feature, with_private

Files = dict[str, str | bytes]


@feature("`sys.modules` by logical name: a realm's own modules, private ones too", "dependencies")
def test_sys_modules_by_logical_name(workshop: Workshop) -> None:
    dep = """
        import sys
        import dep.sub
        from sys import modules
        own = sys.modules["dep"], modules["dep.sub"], sys.modules[__name__]
        __import__("dep.late")
        late = sys.modules["dep.late"]
        missing = "dep.nope" in sys.modules, sys.modules.get("dep.nope"), sys.modules.get(None)
        host = sys.modules["json"]
        package = sys.modules["notes"]
        walked = sorted(name for name in list(sys.modules) if name.partition(".")[0] == "dep")
        plain = sys.modules.copy()
        del sys.modules["dep.late"]
        gone = "dep.late" not in sys.modules
        try:
            del sys.modules["dep.late"]
        except KeyError as error:
            said = error.args
        def patched():
            from unittest import mock
            with mock.patch.dict(sys.modules, {"dep.sub": mock.Mock(value=1), "json": None}):
                from dep.sub import value
                try:
                    import json
                except ImportError:
                    return value, "dep" in sys.modules
    """
    for v in "12":
        files: Files = {"dep/__init__.py": dep, "dep/sub.py": "", "dep/late.py": f"VERSION = {v}\n"}
        realm = with_private(
            workshop, "import dep, json\n", workshop.private("dep", v, files), version=f"{v}.0.0"
        )
        module = realm.load("notes.app:dep")
        assert module.own == (module, realm.module("dep.sub"), module)
        assert int(v) == module.late.VERSION
        assert module.missing == (False, None, None)
        assert module.host is sys.modules["json"]
        assert module.package is realm.module("notes")
        assert module.walked == ["dep", "dep.late", "dep.sub"]
        assert module.plain["dep"] is module
        module.patched()
        host = dict(sys.modules)
        assert module.patched() == (1, True)
        assert sys.modules == host
        assert (module.gone, module.said) == (True, ("dep.late",))
    assert "dep" not in sys.modules


@feature(
    "modules that a private distribution puts into `sys.modules`: aliases of others, made ones",
    "dependencies",
)
def test_aliases_in_sys_modules(workshop: Workshop) -> None:
    outer = """
        import sys
        import inner
        for name in list(sys.modules):
            if name == "inner" or name.startswith("inner."):
                sys.modules["outer.packages." + name] = sys.modules[name]
            if name == inner.__name__ or name.startswith(inner.__name__ + "."):
                sys.modules["outer.packages." + name.replace(inner.__name__, "old")] = sys.modules[name]
        sys.modules["outer.made"] = type(sys)("outer.made")
        sys.modules["outer.made"].value = 1
    """
    app = """
        import outer.packages, inner.deep
        from outer.packages.inner.deep import VERSION
        import outer.packages.old.deep as old
        from outer.made import value
        def check():
            import outer.packages.inner.deep as deep
            return deep is inner.deep is old
    """
    before = set(sys.modules)
    for v in "12":
        inner = workshop.private(
            "inner", v, {"inner/__init__.py": "import inner.deep\n", "inner/deep.py": f"VERSION = {v}\n"}
        )
        made = workshop.private("outer", v, {"outer/__init__.py": "", "outer/packages.py": outer})
        realm = with_private(workshop, app, inner, made, version=f"{v}.0.0")
        module = realm.module("notes.app")
        assert (module.VERSION, module.value, module.check()) == (int(v), 1, True)
        workshop.release(realm)
    assert not [name for name in set(sys.modules) - before if "outer" in name or "inner" in name]


@feature(
    "everything else of `sys` is the real one, also when it is set; `type(sys)` makes modules", "dependencies"
)
def test_sys_falls_through(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    app = """
        import io, sys, types
        from sys import version_info, argv
        def captured():
            before, sys.stdout = sys.stdout, io.StringIO()
            try:
                print("seen")
                return sys.stdout.getvalue()
            finally:
                sys.stdout = before
        made = type(sys)("made", "doc")
        kinds = type(made) is types.ModuleType, isinstance(made, type(sys))
        kinds += issubclass(types.ModuleType, type(sys)),
        class Lazy(type(sys)):
            def __getattr__(self, name): return name
        lazy = Lazy("lazy").anything, Lazy.__mro__[1] is types.ModuleType
        def platform(): return sys.platform
        def frame(): return sys._getframe().f_code.co_name
        try:
            sys.nope
        except AttributeError as error:
            said = str(error)
        names = dir(sys), hasattr(sys, "frozen"), sys.__name__, version_info, argv
        def marked(): sys.marked_by_a_test = True
        def unmarked(): del sys.marked_by_a_test
    """
    module = with_private(workshop, app, workshop.private("dep", "1", {"dep.py": ""})).module("notes.app")
    assert module.captured() == "seen\n"
    assert module.kinds == (True, True, True)
    assert module.lazy == ("anything", True)
    assert module.frame() == "frame"
    assert module.said == "module 'sys' has no attribute 'nope'"
    assert module.names == (dir(sys), False, "sys", sys.version_info, sys.argv)
    monkeypatch.setattr(sys, "platform", "another")
    assert module.platform() == "another"
    module.marked()
    assert sys.marked_by_a_test  # type: ignore[attr-defined]  # the package has put it there
    module.unmarked()
    assert not hasattr(sys, "marked_by_a_test")


@feature(
    "pickled data that a private distribution carries, or that another version of it has left", "dependencies"
)
def test_pickled_data_of_private_distributions(workshop: Workshop) -> None:
    dep = """
        import io, os, pickle
        from pickle import loads
        class Thing:
            def __init__(self): self.value = VERSION
        VERSION = $V
        carried = os.path.join(os.path.dirname(__file__), "thing.dat")
        def load():
            with open(carried, "rb") as file:
                return pickle.load(file)
        def more(data): return loads(data), pickle.Unpickler(io.BytesIO(data)).load()
        def kept(): return pickle.dumps(Thing())
        def plain(): return pickle.loads(pickle.dumps({"a": (1, 2.5, "x"), "b": frozenset("b")}))
        def wrong(): return pickle.loads(b"cdep.nope\\nThing\\n.")
        def checked(data):
            class Checked(pickle.Unpickler):
                def find_class(self, module, name):
                    assert module == "dep"
                    return super().find_class(module, name)
            return Checked(io.BytesIO(data)).load()
    """
    named = b"\x80\x04\x8c\x03dep\x8c\x05Thing\x93)\x81."
    modules = []
    for v in "12":
        files: Files = {"dep/__init__.py": dep.replace("$V", v), "dep/thing.dat": named}
        realm = with_private(workshop, "import dep\n", workshop.private("dep", v, files), version=f"{v}.0.0")
        modules.append(realm.load("notes.app:dep"))
    for module in modules:
        assert type(module.load()) is module.Thing
        assert [type(each) for each in module.more(named)] == [module.Thing] * 2
        assert type(module.checked(named)) is module.Thing
        assert module.plain() == {"a": (1, 2.5, "x"), "b": frozenset("b")}
        with pytest.raises(ModuleNotFoundError, match=r"^No module named 'dep\.nope'$"):
            module.wrong()
    one, two = modules
    (left, _) = two.more(one.kept())
    assert (type(left), left.value) == (two.Thing, 1)


@feature("entry points between private distributions; the host's where they may be loaded", "dependencies")
def test_entry_points(workshop: Workshop) -> None:
    dep = """
        import importlib.metadata
        from importlib.metadata import distribution, distributions, entry_points, files, version
        from importlib.metadata import packages_distributions
        loaded = {point.name: point.load() for point in entry_points(group="dep.plugins")}
        (only,) = entry_points(group="dep.plugins", name="deep")
        told = only.module, only.attr, only.dist.version, only.value
        found = [each.metadata["Name"] for each in distributions()]
        by_distribution = [point.load() for each in distributions() for point in each.entry_points
                           if point.group == "dep.plugins"]
        named = version(__name__), distribution("plug").version
        listed = sorted(str(path) for path in files("plug"))
        text = next(path for path in files("plug") if path.name == "plug.py").read_text()
        providers = packages_distributions()
        host = {point.module.partition(".")[0] for point in entry_points(group="console_scripts")}
    """
    described = "[dep.plugins]\nwhole = plug\ndeep = plug:Plugin.make\n"
    for v in "12":
        plug: Files = {
            "plug.py": f"class Plugin:\n    def make(): return {v}\n",
            f"plug-{v}.dist-info/entry_points.txt": described,
        }
        private = workshop.private("plug", v, plug), workshop.private("dep", v, {"dep.py": dep})
        realm = with_private(workshop, "import dep\n", *private, version=f"{v}.0.0", declared=["pygments"])
        module = realm.load("notes.app:dep")
        assert module.loaded["whole"] is realm.module("plug")
        assert module.loaded["deep"]() == int(v)
        assert module.told == ("plug", "Plugin.make", v, "plug:Plugin.make")
        assert module.found[:3] == ["plug", "dep", "notes"]
        assert len(module.by_distribution) == 2
        assert module.named == (v, v)
        assert module.listed == [f"plug-{v}.dist-info/entry_points.txt", "plug.py"]
        assert module.text == plug["plug.py"]
        assert module.providers["plug"] == ["plug"]
        assert module.host <= {"peers_runtime", "pygments"}
        assert "pytest" not in module.providers
    assert not importlib.metadata.entry_points(group="dep.plugins")


@feature(
    "importers of a private distribution are asked for its realm's modules, and for no others", "dependencies"
)
def test_importers_of_a_realm(workshop: Workshop) -> None:
    dep = """
        import sys
        from importlib.machinery import ModuleSpec
        from types import ModuleType
        class Importer:
            asked = []
            def find_spec(self, name, path=None, target=None):
                self.asked.append(name)
                return ModuleSpec(name, self) if name == __name__ + ".made" else None
            def create_module(self, spec): return ModuleType(spec.name)
            def exec_module(self, module): module.value = $V
        sys.meta_path.insert(0, Importer())
        for each in sys.meta_path:
            if getattr(each, "__module__", "") == "_frozen_importlib_external":
                found = each.find_spec("json").name, any(each.find_distributions())
                del each.find_distributions
                hasattr(each, "find_distributions") and print("still there")
        def run():
            from dep.made import value
            return value
    """
    before = list(sys.meta_path)
    for v in "12":
        private = workshop.private("dep", v, {"dep/__init__.py": dep.replace("$V", v)})
        realm = with_private(workshop, "import dep\n", private, version=f"{v}.0.0")
        module = realm.load("notes.app:dep")
        assert module.run() == int(v)
        assert module.found == ("json", True)
        assert importlib.util.find_spec("nowhere_at_all") is None
        assert module.Importer.asked == [f"{module.__name__}.made"]
        assert sys.meta_path == before
        assert importlib.metadata.version("pytest")


@feature("a private copy of `importlib.metadata` finds private distributions", "dependencies")
def test_a_copy_of_importlib_metadata(workshop: Workshop) -> None:
    copy = """
        import sys
        class Context:
            def __init__(self, name): self.name, self.path = name, sys.path
        def search(name):
            finders = [getattr(each, "find_distributions", None) for each in sys.meta_path]
            return [dist for find in finders if find is not None for dist in find(Context(name))]
        def version(name): return search(name)[0].version
    """
    app = "import copied\ndef run(): return copied.version('Dep'), copied.version('pytest')\n"
    for v in "12":
        private = (
            workshop.private("dep", v, {"dep.py": ""}),
            workshop.private("copied", v, {"copied.py": copy}),
        )
        run = with_private(workshop, app, *private, version=f"{v}.0.0").load("notes.app:run")
        assert run() == (v, importlib.metadata.version("pytest"))
    assert list(finder().find_distributions()) == []
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("dep")
