"""What a module imports, by its text alone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from peers_runtime.model.manifest import ModuleEntry
from peers_runtime.rules.imports import Imports

# What stands in notes/ui/home.py, and which of the package's files importing that reaches beside itself and
# the packages that it lies in.
REACHES: Mapping[str, set[str]] = {
    "": set(),
    "import notes.store": {"notes/store.py"},
    "import notes.store as kept, json": {"notes/store.py"},
    "from notes import store": {"notes/store.py"},
    "from notes.store import add": {"notes/store.py"},
    "from notes.store import *": {"notes/store.py"},
    "from .. import store": {"notes/store.py"},
    "from ..store import add": {"notes/store.py"},
    "from . import card": {"notes/ui/card.py", "notes/store.py"},
    "from .card import render": {"notes/ui/card.py", "notes/store.py"},
    "import notes.deep.er": {"notes/deep/er.py"},
    "def render():\n    from notes import store": {"notes/store.py"},
    "if TYPE_CHECKING:\n    from notes import store": {"notes/store.py"},
    "try:\n    import notes.store\nexcept ImportError:\n    pass": {"notes/store.py"},
    "import importlib\nimportlib.import_module('notes.store')": set(),
    "# import notes.store": set(),
    "'import notes.store'": set(),
    "import store, json.notes.store": set(),
    "from other.notes import store": set(),
    "from notes import nothing": set(),
    "from .... import store": set(),
    "from ..... import store": set(),
    "import notes.store; def": set(),
    "import notes.store\0": set(),
}


@pytest.mark.parametrize("text", REACHES)
def test_what_a_module_imports_is_reached_with_what_that_imports(text: str) -> None:
    files = {
        "notes/__init__.py": "",
        "notes/store.py": "",
        "notes/ui/__init__.py": "",
        "notes/ui/home.py": text,
        "notes/ui/card.py": "from notes import store",
        "notes/deep/er.py": "",
    }
    modules = [
        ModuleEntry(name="notes", path="notes/__init__.py", is_package=True),
        ModuleEntry(name="notes.deep", is_package=True),
        ModuleEntry(name="notes.deep.er", path="notes/deep/er.py", is_package=False),
        ModuleEntry(name="notes.store", path="notes/store.py", is_package=False),
        ModuleEntry(name="notes.ui", path="notes/ui/__init__.py", is_package=True),
        ModuleEntry(name="notes.ui.card", path="notes/ui/card.py", is_package=False),
        ModuleEntry(name="notes.ui.home", path="notes/ui/home.py", is_package=False),
    ]
    imports = Imports(modules, lambda path: files[path].encode())
    its_own = {"notes/__init__.py", "notes/ui/__init__.py", "notes/ui/home.py"}
    assert imports.reached(["notes.ui.home"]) == its_own | REACHES[text]


def test_a_relative_import_in_a_package_starts_in_it() -> None:
    files = {"notes/__init__.py": "from . import store", "notes/store.py": ""}
    modules = [
        ModuleEntry(name="notes", path="notes/__init__.py", is_package=True),
        ModuleEntry(name="notes.store", path="notes/store.py", is_package=False),
    ]
    assert Imports(modules, lambda path: files[path].encode()).reached(["notes"]) == set(files)


def test_a_file_is_read_when_it_is_reached_and_once() -> None:
    read: list[str] = []
    modules = [ModuleEntry(name=name, path=f"{name}.py", is_package=False) for name in ("a", "b", "c")]

    def source(path: str) -> bytes:
        read.append(path)
        return b"import b, a"

    imports = Imports(modules, source)
    assert imports.reached(["a"]) == imports.reached(["b"]) == {"a.py", "b.py"}
    assert sorted(read) == ["a.py", "b.py"]
