"""Import statements in a realm's code."""

from __future__ import annotations

import sys

import pytest

from tests.importing.realms import Both, feature

STORE = {"notes/__init__.py": "", "notes/store.py": "VERSION = $V\ndef add(x): return x + $V\n"}


@feature("absolute imports of the package itself", "imports")
def test_a_package_imports_itself_by_its_own_name(both: Both) -> None:
    app = "import notes, notes.store\nfrom notes.store import add\nresult = add(1), notes.store.VERSION\n"
    for realm, v in both({**STORE, "notes/app.py": app}):
        assert realm.module("notes.app").result == (1 + int(v), int(v))


@feature("relative imports", "imports")
def test_relative_imports(both: Both) -> None:
    deep = "from ..store import VERSION as a\nfrom .. import store\nfrom . import near\nfrom .near import b\n"
    files = {
        **STORE,
        "notes/sub/__init__.py": "",
        "notes/sub/deep.py": deep,
        "notes/sub/near.py": "b = $V * 10\n",
    }
    for realm, v in both(files):
        module = realm.module("notes.sub.deep")
        assert (module.a, module.store.VERSION, module.near.b, module.b) == (
            int(v),
            int(v),
            int(v) * 10,
            int(v) * 10,
        )


@feature("relative imports above the package: CPython's own error", "imports")
def test_a_relative_import_above_the_top_is_refused_as_always(both: Both) -> None:
    for realm, _ in both({"notes/__init__.py": "", "notes/app.py": "def up():\n    from .. import six\n"}):
        with pytest.raises(ImportError, match=r"^attempted relative import beyond top-level package$"):
            realm.load("notes.app:up")()


@feature("`import a.b as c`", "imports")
def test_import_of_a_submodule_under_another_name(both: Both) -> None:
    for realm, v in both({**STORE, "notes/app.py": "import notes.store as kept\n"}):
        assert int(v) == realm.module("notes.app").kept.VERSION


@feature("`import a.b` binds `a`", "imports")
def test_a_dotted_import_binds_the_top(both: Both) -> None:
    for realm, _ in both({**STORE, "notes/app.py": "import notes.store\n"}):
        assert realm.module("notes.app").notes is realm.module("notes")


@feature("star imports, with `__all__` and without", "imports")
def test_star_imports(both: Both) -> None:
    files = {
        "notes/__init__.py": "__all__ = ['late']\n",
        "notes/late.py": "",
        "notes/open.py": "a = $V\n_b = 2\n",
        "notes/app.py": "from notes import *\nfrom notes.open import *\nfrom .open import *\n",
    }
    for realm, v in both(files):
        module = realm.module("notes.app")
        assert int(v) == module.a
        assert module.late is realm.module("notes.late")
        assert not hasattr(module, "_b")


@feature("imports in functions, classes, comprehensions and lambdas", "imports")
def test_late_imports(both: Both) -> None:
    app = """
        def function():
            from notes.store import VERSION
            import notes.store as store
            from .store import add
            return VERSION, store.VERSION, add(0)
        class Class:
            from notes.store import VERSION
        listed = [__import__("notes.store").store.VERSION for _ in range(2)]
        called = (lambda: __import__("notes.store", fromlist=["add"]).VERSION)()
    """
    for realm, v in both({**STORE, "notes/app.py": app}):
        module = realm.module("notes.app")
        for _ in range(3):
            assert module.function() == (int(v),) * 3
        assert int(v) == module.Class.VERSION
        assert module.listed == [int(v)] * 2
        assert module.called == int(v)


@feature("circular imports", "imports")
def test_circular_imports(both: Both) -> None:
    files = {
        "notes/__init__.py": "from notes import a\n",
        "notes/a.py": "import notes.b\nfrom . import b\nvalue = $V\ndef of_b(): return b.of_a()\n",
        "notes/b.py": """
            import notes.a as a
            def of_a():
                from notes.a import value
                return value, a.value
        """,
    }
    for realm, v in both(files):
        assert realm.load("notes.a:of_b")() == (int(v), int(v))


@feature("circular imports that cannot work: CPython's own error", "imports")
def test_a_circle_that_cannot_work_is_told_in_the_authors_names(both: Both) -> None:
    files = {
        "notes/__init__.py": "",
        "notes/a.py": "from notes.b import y\nx = 1\n",
        "notes/b.py": "from notes.a import x\ny = 1\n",
    }
    for realm, _ in both(files):
        with pytest.raises(ImportError, match=r"'x' from partially initialized module 'notes\.a'") as caught:
            realm.module("notes.a")
        assert "peers_packages" not in str(caught.value)
        assert not [name for name in realm.loaded() if name != "notes"]


@feature("imports for type checkers only (`TYPE_CHECKING`)", "imports")
def test_type_checking(both: Both) -> None:
    app = """
        from __future__ import annotations
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from nowhere import Thing
        def function(thing: Thing) -> int: return $V
    """
    for realm, v in both({"notes/__init__.py": "", "notes/app.py": app}):
        assert realm.load("notes.app:function")(None) == int(v)


@feature("namespace packages inside the package", "imports")
def test_namespace_packages_inside(both: Both) -> None:
    files = {
        "notes/__init__.py": "",
        "notes/plain/one.py": "value = $V\n",
        "notes/app.py": "from notes.plain import one\n",
    }
    for realm, v in both(files):
        assert int(v) == realm.module("notes.app").one.value
        package = realm.module("notes.plain")
        assert package.__file__ is None
        assert package.__spec__.origin is None
        assert len(list(package.__path__)) == 1


@feature("a namespace package as the package itself", "imports")
def test_namespace_package_as_the_root(both: Both) -> None:
    for realm, v in both(
        {"notes/store.py": "import notes\nfrom notes import other\n", "notes/other.py": "value = $V\n"}
    ):
        assert int(v) == realm.module("notes.store").other.value


@feature("attributes made on demand (PEP 562 `__getattr__`, `__dir__`)", "imports")
def test_module_getattr(both: Both) -> None:
    init = """
        calls = []
        def __getattr__(name):
            if name.startswith("_"):
                raise AttributeError(name)
            calls.append(name)
            return name + "$V"
        def __dir__():
            return ["lazy"]
    """
    app = "import notes\nfrom notes import lazy\nother = notes.other\n"
    for realm, v in both({"notes/__init__.py": init, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert (module.lazy, module.other) == ("lazy" + v, "other" + v)
        assert dir(module.notes) == ["lazy"]
        assert set(module.notes.calls) == {"lazy", "other"}


@feature("`__import__` by name, with every argument", "imports")
def test_import_function(both: Both) -> None:
    app = """
        top = __import__("notes.store")
        leaf = __import__("notes.store", globals(), locals(), ["add"], 0)
        odd = __import__("notes.store", fromlist=("no such name",))
        near = __import__("store", globals(), None, ("add",), 1)
        import builtins
        same = __import__ is not builtins.__import__
    """
    for realm, _ in both({**STORE, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert module.top is realm.module("notes")
        assert module.leaf is module.odd is module.near is realm.module("notes.store")
        assert module.same


@feature("imports in code run by `exec` and `eval`", "imports")
def test_imports_in_generated_code(both: Both) -> None:
    app = """
        fresh = {}
        exec("import notes.store as s\\nfrom notes.store import add", fresh)
        value = eval("__import__('notes.store').store.VERSION", {})
        source = "def late():\\n  import notes.store\\n  return notes.store.VERSION"
        exec(compile(source, "<made>", "exec"), fresh)
    """
    for realm, v in both({**STORE, "notes/app.py": app}):
        module = realm.module("notes.app")
        assert (module.fresh["s"].VERSION, module.value, module.fresh["late"]()) == (int(v),) * 3


@feature("`sys.modules[__name__]`", "imports")
def test_a_module_finds_itself(both: Both) -> None:
    app = """
        import sys
        me, parent = sys.modules[__name__], sys.modules[__package__]
        setattr(me, "planted", $V)
    """
    for realm, v in both({"notes/__init__.py": "", "notes/app.py": app}):
        module = realm.module("notes.app")
        assert module.me is module
        assert module.planted == int(v)
        assert module.parent is realm.module("notes")


@feature("a module that puts another object in its place", "imports")
def test_a_module_that_replaces_itself(both: Both) -> None:
    files = {
        "notes/__init__.py": "",
        "notes/odd.py": "import sys\nclass Odd:\n    value = $V\nsys.modules[__name__] = Odd()\n",
        "notes/app.py": "import notes.odd\nfrom notes import odd\nfrom notes.odd import value\n",
    }
    for realm, v in both(files):
        module = realm.module("notes.app")
        assert module.odd is module.notes.odd
        assert (type(module.odd).__name__, module.value) == ("Odd", int(v))


@feature("`__name__`, `__package__`, `__spec__`, `__path__`, `__file__` agree with each other", "imports")
def test_what_a_module_knows_of_itself(both: Both) -> None:
    for realm, _ in both({**STORE, "notes/sub/__init__.py": ""}):
        store, sub = realm.module("notes.store"), realm.module("notes.sub")
        assert store.__name__ == store.__spec__.name == f"peers_packages.{realm.tag}.notes.store"
        assert store.__package__ == store.__spec__.parent == sub.__spec__.parent.rpartition(".")[0]
        assert store.__loader__ is store.__spec__.loader
        assert store.__spec__.origin == store.__file__
        assert list(sub.__path__) == sub.__spec__.submodule_search_locations
        assert sys.modules[store.__name__] is store
        assert realm.module("notes").store is store


@feature("an import that fails leaves nothing behind, and can be tried again", "imports")
def test_a_failed_import_can_be_tried_again(both: Both) -> None:
    files = {"notes/__init__.py": "ready = False\n", "notes/app.py": "import notes\nassert notes.ready\n"}
    for realm, _ in both(files):
        with pytest.raises(AssertionError):
            realm.module("notes.app")
        assert realm.loaded() == ("notes",)
        realm.module("notes").ready = True
        assert realm.module("notes.app").notes.ready


@feature("`import x` inside `try … except ImportError` falls back", "imports")
def test_optional_imports(both: Both) -> None:
    app = """
        try:
            import notes.fast as impl
        except ImportError:
            import notes.slow as impl
        try:
            from notes import nothing
        except ImportError as error:
            message = str(error)
        try:
            from notes.slow import nothing
        except ImportError as error:
            other = str(error)
    """
    for realm, v in both({"notes/__init__.py": "", "notes/slow.py": "value = $V\n", "notes/app.py": app}):
        module = realm.module("notes.app")
        assert int(v) == module.impl.value
        assert module.message.startswith("cannot import name 'nothing' from 'notes' (")
        assert module.other.startswith("cannot import name 'nothing' from 'notes.slow' (")
