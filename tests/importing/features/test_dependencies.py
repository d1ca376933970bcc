"""What a package may import beside itself: private, shared and locked."""

from __future__ import annotations

import json
import sys

import pydantic
import pytest

from peers_runtime.base import errors
from peers_runtime.importing.lock import Lock
from tests.importing import distributions
from tests.importing.realms import Both, Workshop, entered, feature

SIX = (("six", "1.16.0"), ("six", "1.17.0"))
JINJA = (("jinja2", "3.0.3"), ("jinja2", "3.1.6"))
CLICK = (("click", "8.1.8"), ("click", "8.2.1"))
ATTRS = (("attrs", "23.2.0"), ("attrs", "25.3.0"))


@feature("private distributions in two versions at once: six, its synthetic modules included", "dependencies")
def test_six(workshop: Workshop) -> None:
    app = """
        import six
        import six.moves.urllib.parse as parse
        from six.moves import configparser, urllib, range as lazy
        from six.moves.urllib.parse import urlencode
        @six.add_metaclass(type)
        class Note: ...
        version, result = six.__version__, urlencode({"a": 1})
    """
    for name, version in SIX:
        private = workshop.private(name, version, distributions.unpacked(name, version))
        module = workshop.realm(_files(app), private=[private], version=version).module("notes.app")
        assert (module.version, module.result) == (version, "a=1")
        assert module.configparser is sys.modules["configparser"]
        assert module.parse.urlencode is module.urllib.parse.urlencode


@feature(
    "private distributions in two versions at once: Jinja2, code that it generates included", "dependencies"
)
def test_jinja(workshop: Workshop) -> None:
    app = """
        import jinja2
        from importlib.metadata import version
        from jinja2 import DictLoader, Environment, PackageLoader
        environment = Environment(loader=DictLoader({"a": "{% import 'b' as b %}{{ b.f(x)|upper }}",
                                                     "b": "{% macro f(y) %}<{{ y }}>{% endmacro %}"}))
        def render(x): return environment.get_template("a").render(x=x)
        from_package = Environment(loader=PackageLoader("notes")).get_template("page.html")
        def page(): return from_package.render()
        versions = jinja2.__version__, version("jinja2")
    """
    for name, version in JINJA:
        private = [
            workshop.private(name, version, distributions.unpacked(name, version)),
            workshop.private("markupsafe", "2.1.5", distributions.unpacked("markupsafe", "2.1.5")),
        ]
        files = {**_files(app), "notes/templates/page.html": f"page {{{{ 1 + 1 }}}} {version}"}
        module = workshop.realm(files, private=private, version=version).module("notes.app")
        assert module.render("x") == "<X>"
        assert module.page() == f"page 2 {version}"
        assert module.versions == (version, version)


@feature("private distributions in two versions at once: click", "dependencies")
def test_click(workshop: Workshop) -> None:
    app = """
        import click
        from click.testing import CliRunner
        from importlib.metadata import version
        @click.command()
        @click.option("--name", default="you")
        def hello(name): click.echo("hello " + name)
        def run(): return CliRunner().invoke(hello, ["--name", "me"]).output
        installed = version("click")
    """
    for name, version in CLICK:
        private = workshop.private(name, version, distributions.unpacked(name, version))
        module = workshop.realm(_files(app), private=[private], version=version).module("notes.app")
        assert (module.run(), module.installed) == ("hello me\n", version)


@feature("private distributions in two versions at once: attrs, several import names", "dependencies")
def test_attrs(workshop: Workshop) -> None:
    app = """
        from __future__ import annotations
        import attr, attrs
        @attrs.define
        class Note:
            title: str
            tags: list[Note] = attrs.field(factory=list)
        made = attrs.asdict(Note("a", [Note("b")]))
        resolved = attr.resolve_types(Note).__attrs_attrs__.title.type
        version = attrs.__version__
    """
    for name, version in ATTRS:
        private = workshop.private(name, version, distributions.unpacked(name, version), ["attr", "attrs"])
        module = workshop.realm(_files(app), private=[private], version=version).module("notes.app")
        assert module.made == {"title": "a", "tags": [{"title": "b", "tags": []}]}
        assert (module.resolved, module.version) == (str, version)


@feature("one namespace package from several private distributions", "dependencies")
def test_shared_namespace(workshop: Workshop) -> None:
    private = [
        workshop.private(
            "cloud-a", "1", {"cloud/a/__init__.py": "from cloud import b\nvalue = b.value\n"}, ["cloud"]
        ),
        workshop.private("cloud-b", "1", {"cloud/b.py": "value = 'b'\n"}, ["cloud"]),
    ]
    app = """
        import cloud.a, pkgutil
        value, names = cloud.a.value, [info.name for info in pkgutil.iter_modules(cloud.__path__)]
    """
    module = workshop.realm(_files(app), private=private).module("notes.app")
    assert (module.value, module.names) == ("b", ["a", "b"])


@feature("libraries shared by the host are singletons", "dependencies")
def test_shared_libraries_are_singletons(both: Both) -> None:
    app = "import pydantic, json, collections.abc\nfrom pydantic import BaseModel\nimport json.decoder as d\n"
    for realm, _ in both(_files(app), declared=["pydantic"]):
        module = realm.module("notes.app")
        assert module.pydantic is pydantic
        assert module.BaseModel is pydantic.BaseModel
        assert module.d is json.decoder


@feature(
    "what is not declared is refused: statements, `__import__`, `import_module`, generated code",
    "dependencies",
)
def test_undeclared_imports_are_refused(both: Both) -> None:
    app = """
        import importlib
        def a(): import pytest
        def b(): from _pytest.fixtures import fixture
        def c(): return __import__("pytest")
        def d(): return importlib.import_module("pytest")
        def e(): exec("import pytest", {})
        def f():
            try:
                import numpy.linalg
            except ImportError:
                return "without"
    """
    for realm, v in both(_files(app)):
        for name in "abcde":
            with pytest.raises(
                errors.UndeclaredImport, match=rf"notes@{v}\.0\.0 imports '_?pytest"
            ) as caught:
                realm.load(f"notes.app:{name}")()
            assert isinstance(caught.value, ModuleNotFoundError)
            assert caught.value.name is not None
            assert caught.value.hint
        assert realm.load("notes.app:f")() == "without"


@feature("locked packages are realms of their own, shared by equal closure", "dependencies")
def test_locked_packages(workshop: Workshop) -> None:
    app = (
        "import notes, importlib\nfrom notes.store import VERSION\nagain = importlib.import_module('notes')\n"
    )
    locks = [
        workshop.lock({"notes/__init__.py": "", "notes/store.py": f"VERSION = {v}\n"}, f"{v}.0.0")
        for v in "12"
    ]
    files = {"tasks/__init__.py": "", "tasks/app.py": app}
    realms = [workshop.realm(files, name="tasks", packages=[lock]) for lock in locks]
    assert [realm.load("tasks.app:VERSION") for realm in realms] == [1, 2]
    assert realms[0].tag != realms[1].tag
    direct = workshop.acquire(locks[0])
    assert realms[0].load("tasks.app:notes") is direct.module("notes") is realms[0].module("notes")
    assert realms[0].loaded() == ("tasks", "tasks.app")


@feature("two packages that lock one version share it (a diamond)", "dependencies")
def test_a_diamond(workshop: Workshop) -> None:
    base = workshop.lock({"base.py": "things = []\n"}, name="base")
    middle = [
        workshop.lock({f"{name}.py": "from base import things\n"}, name=name, packages=[base])
        for name in ("left", "right")
    ]
    app = "import left, right\nsame = left.things is right.things\n"
    realm = workshop.realm(_files(app), packages=[*middle, Lock("base", "9", base.digest)])
    assert realm.load("notes.app:same")


@feature("C code that imports from a plugin's frame", "dependencies")
def test_imports_by_c_code(both: Both) -> None:
    app = """
        import datetime, pickle, time
        def run():
            import _pickle
            year = time.strptime("2024-01-02", "%Y-%m-%d").tm_year
            month = datetime.datetime.strptime("2024-3", "%Y-%m").month
            return year, month, str(_pickle.loads(b"cfractions\\nFraction\\n(I1\\nI2\\ntR."))
    """
    for realm, _ in both(_files(app)):
        assert realm.load("notes.app:run")() == (2024, 3, "1/2")


@pytest.mark.usefixtures("facades")
@feature("C code that imports the package itself gets it by way of the context", "dependencies")
def test_imports_of_the_package_by_c_code(both: Both) -> None:
    app = """
        import pickle
        def load(): return pickle.loads(b"cnotes.store\\nVERSION\\n.")
    """
    for realm, v in both({**_files(app), "notes/store.py": "VERSION = $V\n"}):
        with entered(realm):
            assert realm.load("notes.app:load")() == int(v)


def _files(app: str) -> dict[str, str]:
    return {"notes/__init__.py": "", "notes/app.py": app}
