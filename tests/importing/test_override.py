"""The `__import__` of a realm's code, beyond what the language's features show."""

from __future__ import annotations

import importlib
import sys
import threading
import time
import types
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from peers_runtime.importing import interpreter
from tests.importing.realms import Both, Workshop

APP = """
    import importlib
    def by_name(): return importlib.import_module("notes.store")
    def whole():
        import notes.store
        return notes.store
    def leaf():
        from notes.store import VERSION
        return VERSION
    def near():
        from .store import VERSION
        return VERSION
    def package():
        from notes import store
        return store
"""
FILES = {"notes/__init__.py": "", "notes/store.py": "VERSION = 1\n", "notes/app.py": APP}


@pytest.mark.parametrize("name", ["by_name", "whole", "leaf", "near", "package"])
def test_what_is_remembered_is_trusted_only_while_it_is_in_sys_modules(workshop: Workshop, name: str) -> None:
    realm = workshop.realm(FILES)
    load = realm.load(f"notes.app:{name}")
    assert load() == load()
    mangled = realm.module("notes.store").__name__
    other = types.ModuleType(mangled)
    other.VERSION = 2
    original = sys.modules[mangled]
    sys.modules[mangled] = other
    realm.module("notes").store = other
    assert load() in (other, 2)
    del sys.modules[mangled]
    fresh = load()
    if name != "package":  # which finds the attribute of its package, as ever
        assert fresh not in (original, other, 2)


def test_attributes_that_come_and_go_are_noticed(workshop: Workshop) -> None:
    realm = workshop.realm(FILES)
    load = realm.load("notes.app:leaf")
    assert [load(), load()] == [1, 1]
    realm.module("notes.store").VERSION = 5
    assert load() == 5
    del realm.module("notes.store").VERSION
    with pytest.raises(ImportError, match=r"^cannot import name 'VERSION' from 'notes\.store' \("):
        load()
    with pytest.raises(ImportError, match=r"^cannot import name 'VERSION' from 'notes\.store' \("):
        realm.load("notes.app:near")()


def test_a_module_that_is_being_initialised_is_waited_for(workshop: Workshop) -> None:
    slow = "import builtins\nbuiltins._started.set()\nbuiltins._go.wait(20)\nVERSION = 1\n"
    realm = workshop.realm({**FILES, "notes/store.py": slow})
    import builtins

    builtins._started, builtins._go = threading.Event(), threading.Event()
    try:
        with ThreadPoolExecutor(4) as pool:
            app = realm.module("notes.app")
            first = pool.submit(app.leaf)
            assert builtins._started.wait(20)
            others = [pool.submit(function) for function in (app.near, app.leaf, app.by_name)]
            time.sleep(0.05)  # nothing can be awaited: they must not have come back
            assert not [future for future in (first, *others) if future.done()]
            builtins._go.set()
            assert [first.result(), others[0].result(), others[1].result()] == [1, 1, 1]
    finally:
        del builtins._started, builtins._go


def test_a_circle_does_not_let_others_in_too_early(workshop: Workshop) -> None:
    import builtins

    slow = """
        import builtins
        early = 1
        import notes.circle
        builtins._started.set()
        builtins._go.wait(20)
        late = 2
    """
    circle = "import notes.store\nfrom notes.store import early\nfrom .store import early\n"
    app = """
        def whole():
            import notes.store
            return notes.store.late
        def leaf():
            from notes.store import early
            import sys
            return sys.modules[__package__ + ".store"].late
        def near():
            from .store import early
            import sys
            return sys.modules[__package__ + ".store"].late
    """
    files = {"notes/__init__.py": "", "notes/store.py": slow, "notes/circle.py": circle, "notes/app.py": app}
    realm = workshop.realm(files)
    builtins._started, builtins._go = threading.Event(), threading.Event()
    try:
        module = realm.module("notes.app")
        with ThreadPoolExecutor(4) as pool:
            first = pool.submit(realm.module, "notes.store")
            assert builtins._started.wait(20)
            others = [pool.submit(function) for function in (module.whole, module.leaf, module.near)]
            time.sleep(0.05)  # nothing can be awaited: they must not have come back
            early = [future for future in others if future.done()]
            builtins._go.set()
            assert early == []
            assert first.result().late == 2
            assert [future.result() for future in others] == [2, 2, 2]
    finally:
        del builtins._started, builtins._go


def test_warnings_point_at_the_import_and_not_at_us(both: Both) -> None:
    old = "import warnings\nwarnings.warn('old', DeprecationWarning, stacklevel=2)\n"
    app = "def a():\n    import notes.old\ndef b():\n    from .older import warnings\n"
    files = {"notes/__init__.py": "", "notes/old.py": old, "notes/older.py": old, "notes/app.py": app}
    for realm, _ in both(files):
        for name, line in (("a", 2), ("b", 4)):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                realm.load(f"notes.app:{name}")()
            assert [(each.filename, each.lineno) for each in caught] == [
                (realm.module("notes.app").__file__, line)
            ]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("",), ValueError),
        ((3,), TypeError),
        (("json", None, None, None, -1), ValueError),
        (("json", None, None, [3]), TypeError),
        (("store", {}, None, ["x"], 1), KeyError),
        (("store", {"__package__": ""}, None, ["x"], 1), ImportError),
    ],
)
@pytest.mark.filterwarnings("ignore::ImportWarning")
def test_odd_arguments_fare_as_with_the_native_import(
    workshop: Workshop, arguments: tuple[Any, ...], error: type[Exception]
) -> None:
    for import_ in (workshop.realm(FILES).imports.builtins["__import__"], __import__):
        with pytest.raises(error):
            import_(*arguments)


def test_realms_do_not_see_each_others_private_modules(workshop: Workshop) -> None:
    private = workshop.private("dep", "1", {"dep.py": "import notes.store\nVERSION = 1\n"})
    with_it = workshop.realm({**FILES, "notes/use.py": "import dep\n"}, private=[private])
    without = workshop.realm({**FILES, "notes/use.py": "import dep\n"}, version="2.0.0")
    assert with_it.load("notes.use:dep.VERSION") == 1
    with pytest.raises(ImportError, match="does not declare"):
        without.module("notes.use")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("dep")


def test_the_builtins_of_a_realm_are_shared_by_all_its_code(workshop: Workshop) -> None:
    realm = workshop.realm({**FILES, "notes/lazy.py": "made = {}\nexec('def f(): pass', made)\n"})
    module = realm.module("notes.lazy")
    assert module.__builtins__ is realm.imports.builtins
    assert module.made["__builtins__"] is realm.imports.builtins
    assert module.made["f"].__builtins__ is realm.imports.builtins
    assert realm.imports.builtins["len"] is len


def test_cannot_import_speaks_as_this_interpreter_does(tmp_path: Any) -> None:
    (tmp_path / "plain_module.py").write_text("")
    sys.path.insert(0, str(tmp_path))
    try:
        module = importlib.import_module("plain_module")
        with pytest.raises(ImportError) as stock:
            exec("from plain_module import nope")
        made = interpreter.cannot_import(module, "plain_module", "nope")
        assert (str(made), made.name, made.path) == (str(stock.value), stock.value.name, stock.value.path)
        assert getattr(made, "name_from", None) == getattr(stock.value, "name_from", None)
    finally:
        sys.path.remove(str(tmp_path))
        del sys.modules["plain_module"]
