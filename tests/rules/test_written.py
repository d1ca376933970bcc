"""What a module's text says of its imports and names, without running it."""

from __future__ import annotations

import ast

import pytest

from peers_runtime.model.modules import ModuleFile
from peers_runtime.rules import written

MODULE = ModuleFile("notes/ui/home.py", False)
PACKAGE = ModuleFile("notes/ui/__init__.py", True)


def parsed(text: str) -> ast.Module:
    tree = written.tree(text.encode())
    assert tree is not None
    return tree


def that_can_fail(text: str, name: str = "notes.ui.home", file: ModuleFile = MODULE) -> list[tuple[str, int]]:
    return [(one.module, one.line) for one in written.imports(parsed(text), name, file)]


def test_imports_are_found_wherever_they_stand() -> None:
    text = "import a.b, c\nclass K:\n    from d import e\n    def f(self):\n        import g\n"
    assert that_can_fail(text) == [("a.b", 1), ("c", 1), ("d", 3), ("g", 5)]


@pytest.mark.parametrize(
    ("text", "name", "file", "full"),
    [
        ("from . import x", "notes.ui.home", MODULE, "notes.ui"),
        ("from .rows import x", "notes.ui.home", MODULE, "notes.ui.rows"),
        ("from ..store import x", "notes.ui.home", MODULE, "notes.store"),
        ("from . import x", "notes.ui", PACKAGE, "notes.ui"),
        ("from .. import x", "notes.ui", PACKAGE, "notes"),
    ],
)
def test_relative_imports_have_their_full_name(text: str, name: str, file: ModuleFile, full: str) -> None:
    assert that_can_fail(text, name, file) == [(full, 1)]


def test_a_relative_import_from_above_the_package_names_nothing() -> None:
    assert that_can_fail("from .... import x") == []


def test_what_stands_beside_a_guard_counts() -> None:
    text = """
try:
    import guarded
except ImportError:
    import instead
else:
    import further
try:
    import unguarded
except ValueError:
    pass
if TYPE_CHECKING:
    import typed
else:
    import untyped
"""
    found = {module for module, _ in that_can_fail(text)}
    assert found == {"instead", "further", "unguarded", "untyped"}


def test_names_of_both_kinds_are_named_guarded_or_not() -> None:
    found = {one.module for one in written.named(parsed("from . import ui\nimport x.y"), "notes", PACKAGE)}
    assert found == {"notes", "notes.ui", "x.y"}


@pytest.mark.parametrize("text", ["def f(:", "\0", "x = " + "(" * 300])
def test_what_is_no_python_has_no_tree(text: str) -> None:
    assert written.tree(text.encode()) is None
