"""What private distributions import, and what of them steps back."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys

import pytest

from peers_runtime.importing.lock import Private
from tests.importing.realms import Workshop, feature, with_private


@feature("namespace packages of the old style, in several private distributions", "dependencies")
def test_old_namespace_packages(workshop: Workshop) -> None:
    old = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    app = """
        import cloud.a, cloud.b, pkgutil
        from cloud import b as again
        value, names = cloud.a.value, sorted(info.name for info in pkgutil.iter_modules(cloud.__path__))
        stock = pkgutil.extend_path(["x"], "nowhere"), pkgutil.extend_path(None, "cloud")
    """
    for v in "12":
        private = [
            workshop.private(
                f"cloud-{name}", v, {"cloud/__init__.py": old, f"cloud/{name}.py": text}, ["cloud"]
            )
            for name, text in (("a", "from cloud import b\nvalue = b.value\n"), ("b", f"value = {v}\n"))
        ]
        module = with_private(workshop, app, *private, version=f"{v}.0.0").module("notes.app")
        assert (module.value, module.names) == (int(v), ["a", "b"])
        assert module.stock == (["x"], None)


@feature("importers that wait until a module is used (`LazyLoader`, PEP 562)", "dependencies")
def test_lazy_importers(workshop: Workshop) -> None:
    dep = """
        import importlib.util, sys
        def lazily(name):
            if name in sys.modules:
                return sys.modules[name]
            spec = importlib.util.find_spec(name)
            spec.loader = importlib.util.LazyLoader(spec.loader)
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)
            return module
        slow = lazily("dep.slow")
        def __getattr__(name):
            if name == "late":
                return importlib.import_module("." + name, __name__)
            raise AttributeError(name)
    """
    app = """
        import dep
        from dep import late
        early = list(dep.ran)
        value = dep.slow.VERSION, late.VERSION
    """
    for v in "12":
        noted = f"import dep\ndep.ran.append(__name__)\nVERSION = {v}\n"
        files: dict[str, str | bytes] = {
            "dep/__init__.py": "ran = []\n" + dep.replace("\n        ", "\n"),
            "dep/slow.py": noted,
        }
        files["dep/late.py"] = f"VERSION = {v}\n"
        realm = with_private(workshop, app, workshop.private("dep", v, files), version=f"{v}.0.0")
        module = realm.module("notes.app")
        assert (module.early, module.value) == ([], (int(v), int(v)))
        assert module.dep.slow is realm.module("dep.slow")


@feature(
    "circles through several private distributions; private code that imports what the host shares",
    "dependencies",
)
def test_circles_and_shared_libraries(workshop: Workshop) -> None:
    one = """
        import other
        from pydantic import BaseModel
        class Thing(BaseModel): value: int = other.VALUE
    """
    other = "VALUE = $V\nimport one\ndef make(): return one.Thing()\n"
    for v in "12":
        private = (
            workshop.private("one", v, {"one.py": one}),
            workshop.private("other", v, {"other.py": other.replace("$V", v)}),
        )
        app = "import other\nmade = other.make()\n"
        realm = with_private(workshop, app, *private, version=f"{v}.0.0", declared=["pydantic"])
        made = realm.load("notes.app:made")
        assert made.value == int(v)
        assert type(made).__mro__[1] is sys.modules["pydantic"].BaseModel


@feature("a backport of what the standard library has steps back", "dependencies")
def test_backports_step_back(workshop: Workshop) -> None:
    private = workshop.private("dataclasses", "0.6", {"dataclasses.py": "", "backported.py": "value = 1\n"})
    private = Private(private.name, private.version, private.digest, ("backported", "dataclasses"))
    app = """
        import dataclasses, backported
        from importlib.metadata import version
        held = version("dataclasses")
    """
    module = with_private(workshop, app, private).module("notes.app")
    assert module.dataclasses is sys.modules["dataclasses"]
    assert module.held == "0.6"


@feature("errors of an import whose `name` is computed (`PackageNotFoundError`) come through", "dependencies")
def test_errors_with_a_computed_name(workshop: Workshop) -> None:
    dep = "from importlib.metadata import version\n__version__ = version('nowhere-at-all')\n"
    realm = with_private(workshop, "import dep\n", workshop.private("dep", "1", {"dep.py": dep}))
    with pytest.raises(importlib.metadata.PackageNotFoundError) as caught:
        realm.module("notes.app")
    assert caught.value.name == "nowhere-at-all"


@feature("`import __main__` gives the host's program", "dependencies")
def test_the_main_module(workshop: Workshop) -> None:
    realm = with_private(
        workshop, "import dep\n", workshop.private("dep", "1", {"dep.py": "import __main__\n"})
    )
    assert realm.load("notes.app:dep").__main__ is sys.modules["__main__"]
