"""What host code gets from `import notes`."""

from __future__ import annotations

import importlib
import importlib.resources
import inspect
import pickle
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.importing.facade import Facade
from peers_runtime.importing.finder import finder
from tests.importing.realms import Both, Workshop, entered

FILES = {
    "notes/__init__.py": '"""Notes $V."""\nfrom notes.store import add\nMAIN = "$V"\n',
    "notes/store.py": '"""Store $V."""\nVERSION = $V\ndef add(): return VERSION\ndef __getattr__(name):\n'
    "    if name.startswith('_'): raise AttributeError(name)\n    return name + '$V'\n",
    "notes/late.py": "VERSION = $V\n",
    "notes/data.txt": "data $V",
}
pytestmark = pytest.mark.usefixtures("facades")


def test_each_context_gets_its_own_version(both: Both) -> None:
    (one, _), (two, _) = both(FILES)
    import notes
    from notes import store  # in no context: a facade

    for realm, v in ((one, 1), (two, 2), (one, 1)):
        with entered(realm):
            assert (notes.add(), notes.store.VERSION, store.add(), str(v)) == (v, v, v, notes.MAIN)
            assert store.anything == f"anything{v}"
    assert isinstance(notes, Facade)
    assert isinstance(notes, types.ModuleType)


def test_host_code_imports_submodules_of_versions_that_are_not_loaded() -> None:
    undo = finder().manage(
        ["distant"], "a runtime", lambda name: ["store"] if name == "distant" else ["deep"]
    )
    try:
        namespace: dict[str, Any] = {}
        exec("import distant.store.deep as a\nfrom distant.store import deep as b", namespace)
        assert namespace["a"] is namespace["b"] is sys.modules["distant.store.deep"]
        with pytest.raises(errors.NoContext):
            exec("from distant.store import add", {})
    finally:
        undo()


def test_outside_any_context_a_facade_says_so() -> None:
    import notes

    with pytest.raises(errors.NoContext, match="'notes'") as caught:
        _ = notes.MAIN
    assert "runtime.context" in caught.value.hint
    assert len(list(traceback.walk_tb(caught.value.__traceback__))) == 1
    with pytest.raises(errors.NoContext):
        notes.x = 1
    with pytest.raises(errors.NoContext):
        from notes import something  # noqa: F401  # the import is what is tested
    with pytest.raises(errors.NoContext):
        exec("from notes import *", {})


def test_without_an_active_version_the_use_fails_and_not_the_import(workshop: Workshop) -> None:
    with entered():
        import notes

        with pytest.raises(errors.NoActiveVersion):
            _ = notes.MAIN


def test_submodules_reached_through_a_facade_are_facades(both: Both) -> None:
    (one, _), (two, _) = both(FILES)
    import notes

    with entered(one):
        late = notes.late  # imported by nobody before
        assert isinstance(late, Facade)
        assert late is sys.modules["notes.late"] is importlib.import_module("notes.late")
        assert isinstance(notes.store, Facade)
    with entered(two):
        assert late.VERSION == 2
        assert notes.late is late


def test_a_module_that_has_something_else_under_a_submodules_name(workshop: Workshop) -> None:
    files = {
        "notes/__init__.py": "from notes.store import store\n",
        "notes/store.py": "def store(): return 1\n",
    }
    one = workshop.realm(files)
    two = workshop.realm({"notes/__init__.py": "store = None\n"}, version="2.0.0")
    import notes

    with entered(one):
        assert notes.store() == 1
    with entered(two):
        assert notes.store is None


def _plain() -> None:
    import notes.extra

    _ = notes.extra.VALUE


def _renamed() -> None:
    import notes.extra as extra  # noqa: F401  # the statement is what is tested


def _from_package() -> None:
    from notes import extra  # noqa: F401  # importing is what is tried


def _from_module() -> None:
    from notes.extra import VALUE  # noqa: F401  # importing is what is tried


def _by_name() -> None:
    _ = importlib.import_module("notes.extra").VALUE


@pytest.mark.parametrize("loaded_before", [False, True])
@pytest.mark.parametrize("statement", [_plain, _renamed, _from_package, _from_module, _by_name])
def test_a_submodule_that_the_active_version_lacks(
    workshop: Workshop, statement: Callable[[], None], loaded_before: bool
) -> None:
    one = workshop.realm({"notes/__init__.py": "", "notes/extra.py": "VALUE = 1\n"})
    two = workshop.realm({"notes/__init__.py": ""}, version="2.0.0")
    if loaded_before:
        with entered(one):
            statement()
    with entered(two):
        with pytest.raises(ModuleNotFoundError, match=r"^No module named 'notes\.extra'$") as caught:
            statement()
        assert caught.value.name == "notes.extra"
    with entered(one):
        statement()


def test_errors_of_a_version_reach_the_import_without_frames_of_ours(both: Both) -> None:
    for realm, _ in both({"notes/__init__.py": "", "notes/broken.py": "1 / 0\n"}):
        with entered(realm):
            with pytest.raises(ZeroDivisionError) as caught:
                import notes.broken
            assert _functions(caught.value)[1:] == ["<module>"]
            import notes

            with pytest.raises(ZeroDivisionError) as caught:
                _ = notes.broken
            assert _functions(caught.value)[1:] == ["<module>"]
            with pytest.raises(AttributeError, match=r"^module 'notes' has no attribute 'nope'$") as missing:
                _ = notes.nope
            assert len(_functions(missing.value)) == 1
            assert not hasattr(notes, "nope")
        assert "notes.broken" not in sys.modules


def test_setting_and_deleting_act_on_the_active_version(both: Both) -> None:
    (one, _), (two, _) = both(FILES)
    import notes.store

    with entered(one):
        notes.store.planted = "here"
        assert one.module("notes.store").planted == "here"
    with entered(two):
        assert notes.store.planted == "planted2"  # from the version's own __getattr__
    with entered(one):
        del notes.store.planted
        assert "planted" not in vars(one.module("notes.store"))


def test_what_is_the_facades_own_and_what_is_the_versions(both: Both) -> None:
    (one, _), _ = both(FILES)
    import notes.store

    with entered(one):
        active = one.module("notes.store")
        assert (notes.store.__name__, notes.store.__package__) == ("notes.store", "notes.store")
        assert notes.store.__spec__.name == "notes.store"
        assert notes.store.__doc__ == "Store 1."
        assert notes.store.__file__ == active.__file__
        assert vars(notes.store) is vars(active)
        assert dir(notes.store) == dir(active)
        assert inspect.getsource(notes.store) == inspect.getsource(active)
        assert importlib.resources.files("notes").joinpath("data.txt").read_text() == "data 1"
    assert repr(notes.store) == "<facade 'notes.store'>"


def test_tools_that_walk_through_all_modules_are_not_disturbed(both: Both) -> None:
    both(FILES)
    from notes import store

    with entered(both({"notes/__init__.py": "", "notes/store.py": "1 / 0\n"})[0][0]):
        _walk(store)
    _walk(store)
    assert "__spec__" in dir(store)


def _walk(module: Any) -> None:
    for name in ("__file__", "__warningregistry__", "__path__", "__wrapped__", "__iter__", "__doc__"):
        getattr(module, name, None)
    assert inspect.getmodule(_walk) is sys.modules[__name__]
    assert module.__class__ is type(module)
    assert inspect.getmodule(len) is not None


def test_star_import_binds_the_active_version(both: Both) -> None:
    for realm, v in both(FILES):
        with entered(realm):
            namespace: dict[str, Any] = {}
            exec("from notes import *", namespace)
            assert namespace["MAIN"] == v


def test_reloading_a_facade_changes_nothing(both: Both) -> None:
    (one, _), _ = both(FILES)
    with entered(one):
        import notes.store

        before = one.module("notes.store")
        assert importlib.reload(notes.store) is notes.store
        assert one.module("notes.store") is before


def test_the_undo_takes_facades_away_when_the_last_owner_leaves(both: Both) -> None:
    (one, _), _ = both(FILES)
    again = finder().manage(["notes"], "another runtime")
    third = finder().manage(["notes"], "another runtime")
    third()
    third()
    import notes.store

    again()
    assert isinstance(sys.modules["notes"], Facade)
    kept = notes.store
    undo = finder().manage(["elsewhere"], "a runtime")
    undo()
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("elsewhere")
    with entered(one):
        assert kept.VERSION == 1


def test_no_facade_is_left_after_the_undo() -> None:
    undo = finder().manage(["fleeting"], "a runtime")
    importlib.import_module("fleeting.deep.down")
    undo()
    assert not [name for name in sys.modules if name.startswith("fleeting")]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("fleeting")


def test_a_name_that_was_imported_before_keeps_its_module(
    monkeypatch: pytest.MonkeyPatch, workshop: Workshop, tmp_path: Any
) -> None:
    (tmp_path / "stocked").mkdir()
    (tmp_path / "stocked" / "__init__.py").write_text("VALUE = 'stock'\n")
    (tmp_path / "stocked" / "sub.py").write_text("VALUE = 'stock sub'\n")
    monkeypatch.syspath_prepend(tmp_path)
    stock = importlib.import_module("stocked")
    assert finder().occupied(["notes", "stocked", "tasks"]) == ("stocked",)
    undo = finder().manage(["stocked"], "a runtime")
    try:
        realm = workshop.realm({"stocked/__init__.py": "VALUE = 'realm'\n"}, name="stocked")
        with entered(realm):
            assert importlib.import_module("stocked") is stock
            assert importlib.import_module("stocked.sub").VALUE == "stock sub"
            assert realm.module("stocked").VALUE == "realm"
    finally:
        undo()
        for name in ("stocked", "stocked.sub"):
            del sys.modules[name]


def test_an_installed_distribution_of_that_name_is_hidden_while_managed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "hidden.py").write_text("VALUE = 'installed'\n")
    monkeypatch.syspath_prepend(tmp_path)
    undo = finder().manage(["hidden"], "a runtime")
    assert isinstance(importlib.import_module("hidden"), Facade)
    undo()
    assert importlib.import_module("hidden").VALUE == "installed"
    del sys.modules["hidden"]


def test_a_facade_learns_of_submodules_of_versions_that_come_later(workshop: Workshop) -> None:
    import notes

    workshop.realm({"notes/__init__.py": ""})
    later = workshop.realm({"notes/__init__.py": "", "notes/fresh.py": "VALUE = 2\n"}, version="2.0.0")
    with entered(later):
        assert isinstance(notes.fresh, Facade)
        assert notes.fresh.VALUE == 2


def test_pickle_by_logical_name_needs_a_context() -> None:
    with pytest.raises(errors.NoContext):
        pickle.loads(b"cnotes.store\nNote\n.")


def _functions(error: BaseException) -> list[str]:
    """Those of the traceback, without the fake that stands for the room above."""
    seen = [frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)]
    return [name for name in seen if name != "__missing__"]
