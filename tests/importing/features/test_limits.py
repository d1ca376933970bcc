"""What a realm cannot do. Each test shows a limit; one that stops holding is good news for the page."""

from __future__ import annotations

import builtins
import json
import runpy
import sys
import types
import warnings
import zoneinfo
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

from tests.importing.realms import Both, Workshop, entered, feature

STORE = {
    "notes/__init__.py": "",
    "notes/store.py": "class Note: ...\nVERSION = $V\ndef add(): return VERSION\n",
}


@feature("a class of one version is not a class of the other: across versions go data, not classes", "cannot")
def test_classes_differ(both: Both) -> None:
    (one, _), (two, _) = both(STORE)
    assert not isinstance(one.load("notes.store:Note")(), two.load("notes.store:Note"))


@feature("code on module level runs once for each version", "cannot")
def test_side_effects_run_once_per_version(both: Both) -> None:
    effects: list[int] = []
    for realm, _ in both({"notes/__init__.py": "import builtins\nbuiltins._effects.append($V)\n"}):
        builtins._effects = effects
        try:
            realm.module("notes")
            realm.module("notes")
        finally:
            del builtins._effects
    assert effects == [1, 2]


@feature("builtins that are patched after a realm was made are not seen in it", "cannot")
def test_late_patches_of_builtins(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    realms = both({"notes/__init__.py": "def told(): return copyright\n"})
    monkeypatch.setattr(builtins, "copyright", "patched")
    assert "patched" not in [realm.load("notes:told")() for realm, _ in realms]


@feature("compiled extension modules exist once per process: a private one is not found", "cannot")
def test_extensions_are_not_loaded(workshop: Workshop) -> None:
    private = workshop.private(
        "fast", "1", {"fast/__init__.py": "", f"fast/_speed{EXTENSION_SUFFIXES[0]}": b"\x7fELF"}
    )
    realm = workshop.realm({"notes/__init__.py": "def run():\n    import fast._speed\n"}, private=[private])
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'fast\._speed'"):
        realm.load("notes:run")()


@feature("`warnings` filters by module see the mangled name", "cannot")
def test_warnings_filters_see_mangled_names(both: Both) -> None:
    for realm, _ in both(
        {"notes/__init__.py": "import warnings\ndef warn(): warnings.warn('old', stacklevel=1)\n"}
    ):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.filterwarnings("ignore", module=r"notes$")
            realm.load("notes:warn")()
            assert len(caught) == 1
            warnings.filterwarnings("ignore", module=r"peers_packages\.\w+\.notes$")
            realm.load("notes:warn")()
            assert len(caught) == 1


@pytest.mark.usefixtures("facades")
@feature("`runpy` runs a module by its mangled name only", "cannot")
def test_runpy(both: Both) -> None:
    for realm, v in both({"notes/__init__.py": "", "notes/script.py": "import notes\nresult = $V\n"}):
        assert runpy.run_module(f"peers_packages.{realm.tag}.notes.script")["result"] == int(v)
        with entered(realm), pytest.raises((ImportError, AttributeError)):
            runpy.run_module("notes.script")


@pytest.mark.usefixtures("facades")
@feature(
    "`sys.modules['notes']` is the facade: in a realm, too, unless it has private distributions", "cannot"
)
def test_sys_modules_has_the_facade(both: Both) -> None:
    files = {**STORE, "notes/app.py": "import sys\ndef read(): return sys.modules['notes']\n"}
    (one, _), _ = both(files)
    with entered(one):
        import notes

        assert one.load("notes.app:read")() is notes is not one.module("notes")


@pytest.mark.usefixtures("facades")
@feature("`from notes.store import add` in host code binds the version of that moment", "cannot")
def test_from_import_binds(both: Both) -> None:
    (one, _), (two, _) = both(STORE)
    with entered(one):
        from notes.store import add
    with entered(two):
        assert add() == 1


@feature("code that a host-shared engine runs with fresh globals is outside the realm", "cannot")
def test_a_shared_engine_is_outside(both: Both) -> None:
    engine = types.ModuleType("an_engine_of_the_host")
    exec("def run(code): exec(code, {})", engine.__dict__)
    sys.modules[engine.__name__] = engine
    try:
        app = f"import {engine.__name__} as engine\ndef run(): engine.run('import notes.store')\n"
        for realm, _ in both({**STORE, "notes/app.py": app}, declared=[engine.__name__]):
            with pytest.raises(ModuleNotFoundError):
                realm.load("notes.app:run")()
    finally:
        del sys.modules[engine.__name__]


@feature("C code that imports a private distribution by name gets the host's, or nothing", "cannot")
def test_c_code_does_not_see_private_distributions(workshop: Workshop) -> None:
    private = workshop.private("privately", "1", {"privately.py": "value = 1\n"})
    app = "import _pickle\ndef load(): return _pickle.loads(b'cprivately\\nvalue\\n.')\n"
    realm = workshop.realm({"notes/__init__.py": app}, private=[private])
    with pytest.raises(ModuleNotFoundError):
        realm.load("notes:load")()


@feature("code that compares `__module__` or `__name__` with its own name written out (Django)", "cannot")
def test_names_written_out(workshop: Workshop) -> None:
    dep = "class Model: ...\nfound = Model.__module__ == 'dep'\n"
    realm = workshop.realm(
        {"notes/__init__.py": "from dep import found\n"},
        private=[workshop.private("dep", "1", {"dep.py": dep})],
    )
    assert realm.load("notes:found") is False


@feature("importers of a private distribution are asked for mangled names (`tlz` of toolz)", "cannot")
def test_importers_are_asked_for_mangled_names(workshop: Workshop) -> None:
    dep = """
        import sys
        asked = []
        class Importer:
            def find_spec(self, name, path=None, target=None): asked.append(name)
        sys.meta_path.append(Importer())
        try:
            import dep.nope
        except ImportError:
            pass
    """
    realm = workshop.realm(
        {"notes/__init__.py": "import dep\n"},
        private=[workshop.private("dep", "1", {"dep/__init__.py": dep})],
    )
    assert realm.load("notes:dep.asked") == [f"peers_packages.{realm.tag}.dep.nope"]


@feature(
    "another Python that a private distribution starts finds it only by path, and reads no pickles", "cannot"
)
def test_other_processes(workshop: Workshop) -> None:
    dep = """
        import pickle, subprocess, sys
        class Thing: ...
        def run(*arguments):
            return subprocess.run([sys.executable, "-I", *arguments], capture_output=True, text=True).stderr
        kept = repr(pickle.dumps(Thing()))
        read = run("-c", "import pickle; pickle.loads(" + kept + ")")
        named = run("-m", "dep")
    """
    realm = workshop.realm(
        {"notes/__init__.py": "import dep\n"},
        private=[workshop.private("dep", "1", {"dep/__init__.py": dep})],
    )
    module = realm.load("notes:dep")
    assert "No module named" in module.named
    assert "ModuleNotFoundError" in module.read


@feature("the standard library imports by name what is the host's (`zoneinfo` tzdata, say)", "cannot")
def test_the_standard_library_does_not_see_private_distributions(workshop: Workshop) -> None:
    zone = workshop.private("tzdata", "1", {"tzdata/__init__.py": "", "tzdata/zoneinfo/Nowhere": b"TZif"})
    app = "import zoneinfo\ndef run(): return zoneinfo.ZoneInfo('Nowhere')\n"
    realm = workshop.realm({"notes/__init__.py": app}, private=[zone])
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        realm.load("notes:run")()


@feature(
    "the refusal of undeclared imports is no sandbox: whoever goes round it reaches what the host has",
    "cannot",
)
def test_the_refusal_is_no_sandbox(both: Both) -> None:
    app = """
        import builtins, sys
        def by_sys_modules(): return sys.modules["pytest"]
        def by_builtins(): return builtins.__import__("pytest")
        def as_c_code_does(): return __import__("pytest", fromlist=[])
    """
    for realm, _ in both({"notes/__init__.py": "", "notes/app.py": app}):
        for name in ("by_sys_modules", "by_builtins", "as_c_code_does"):
            assert realm.load(f"notes.app:{name}")() is pytest


@feature(
    "two models of one name in one JSON Schema: pydantic tells them apart by the mangled module", "cannot"
)
def test_json_schema_of_models_with_one_name(both: Both) -> None:
    app = """
        from pydantic import BaseModel
        import notes.a, notes.b
        class Clash(BaseModel):
            one: notes.a.Item
            two: notes.b.Item
        schema = Clash.model_json_schema()
    """
    item = "from pydantic import BaseModel\nclass Item(BaseModel):\n    x: int = $V\n"
    files = {
        "notes/__init__.py": "",
        "notes/a.py": item,
        "notes/b.py": item + "    y: str\n",
        "notes/app.py": app,
    }
    for realm, _ in both(files, declared=["pydantic"]):
        text = json.dumps(realm.load("notes.app:schema"))
        assert "peers_packages" in text
        schema = json.loads(realm.logical(text))  # what a host can do about it
        assert sorted(schema["$defs"]) == ["notes__a__Item", "notes__b__Item"]
        assert schema["properties"]["two"]["$ref"] == "#/$defs/notes__b__Item"


@feature(
    "error texts that CPython makes from `__name__` (`module … has no attribute`) carry the mangled name",
    "cannot",
)
def test_texts_made_from_the_name(both: Both) -> None:
    for realm, _ in both({"notes/__init__.py": "import notes\ndef run(): return notes.nope\n"}):
        with pytest.raises(AttributeError) as caught:
            realm.load("notes:run")()
        assert f"peers_packages.{realm.tag}.notes" in str(caught.value)
        assert realm.logical(str(caught.value)) == "module 'notes' has no attribute 'nope'"
        assert f"peers_packages.{realm.tag}.notes" in repr(realm.module("notes"))
