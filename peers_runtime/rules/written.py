"""What a module's text says, line by line, for who remarks on it: nothing is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peers_runtime.model.modules import ModuleFile

_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


@dataclass(frozen=True)
class Import:
    """`module` is what must be there for the statement, with its full name."""

    module: str
    line: int


def tree(source: bytes) -> ast.Module | None:
    """None for what is no Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def imports(of: ast.Module, name: str, file: ModuleFile) -> Iterator[Import]:
    """The imports of the module `name` that fail when something is missing, in functions too.

    Not those for type checkers only, nor those whose failure the module takes itself.
    """
    for node in _that_can_fail(of.body):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        else:
            base = node.module if not node.level else _above(node, name, file)
            if base is not None:
                yield Import(base, node.lineno)


def named(of: ast.Module, name: str, file: ModuleFile) -> Iterator[Import]:
    """Whatever import statements of the module `name` name; of `from a import b` both `a` and `a.b`."""
    for node in ast.walk(of):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module if not node.level else _above(node, name, file)
            if base is not None:
                yield Import(base, node.lineno)
                yield from (Import(f"{base}.{alias.name}", node.lineno) for alias in node.names)


def defines(of: ast.Module, name: str) -> bool:
    """Whether the module seems to define the name at its top, or may do so in a way that its text hides."""
    return any(_binds(statement, name) for statement in of.body)


def _that_can_fail(nodes: Iterable[ast.AST]) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and _is_for_checkers(node.test):
            yield from _that_can_fail(node.orelse)
        elif isinstance(node, ast.Try) and any(map(_takes_import_errors, node.handlers)):
            yield from _that_can_fail((*node.handlers, *node.orelse, *node.finalbody))
        else:
            yield from _that_can_fail(ast.iter_child_nodes(node))


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name in (name, "__getattr__")
    if isinstance(node, ast.Import):
        return any((alias.asname or alias.name.partition(".")[0]) == name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return any((alias.asname or alias.name) in (name, "*") for alias in node.names)
    if isinstance(node, ast.Name):
        return node.id in (name, "globals", "exec") and (isinstance(node.ctx, ast.Store) or node.id != name)
    return any(_binds(child, name) for child in ast.iter_child_nodes(node))


def _above(node: ast.ImportFrom, name: str, file: ModuleFile) -> str | None:
    """The full name of what stands after `from` in a relative import; None for one above the package."""
    package = name if file.is_package else name.rpartition(".")[0]
    parts = package.split(".")
    kept = len(parts) - (node.level - 1)
    if not package or kept < 1:
        return None
    return ".".join([*parts[:kept], *([node.module] if node.module else [])])


def _is_for_checkers(test: ast.expr) -> bool:
    return (test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")) == "TYPE_CHECKING"


def _takes_import_errors(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(getattr(kind, "id", "") in _CAUGHT for kind in kinds)
