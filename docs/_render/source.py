"""Classes and functions as their source says them.

Reading the source rather than the live objects keeps annotations as they were written, keeps the comments
behind fields, and gives the same page on every Python.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
WIDTH = 90  # columns that a signature may take on one line

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """A module's source; `name` is its import name."""

    def __init__(self, name: str) -> None:
        self.name = name
        path = ROOT.joinpath(*name.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        text = path.read_text(encoding="utf-8")
        self.lines = text.splitlines()
        self.tree = ast.parse(text)
        self._constants = {
            _target(node): node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        }

    def find(self, name: str) -> ast.ClassDef | Function:
        """The class or function of that name at the module's top; raises LookupError."""
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef | Function) and node.name == name:
                return node
        raise LookupError(f"{self.name} defines no class or function {name}")

    def fields(self, node: ast.ClassDef) -> list[str]:
        """The lines that declare the class's public fields, with their comments."""
        return [
            line.strip()
            for field in node.body
            if isinstance(field, ast.AnnAssign | ast.Assign) and _is_public(_target(field))
            for line in self.lines[field.lineno - 1 : field.end_lineno]
        ]

    def signature(self, node: Function, owner: str = "") -> str:
        """`runtime.install(source, *, context="personal") -> PackageVersion`, without `self`."""
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
        name = f"{owner}.{node.name}" if owner else node.name
        if decorators & {"property", "cached_property"}:
            return name + returns.replace(" -> ", ": ", 1)
        arguments = self._arguments(node.args)
        if owner and "staticmethod" not in decorators:
            del arguments[0]
        before = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
        line = f"{before}{name}({', '.join(arguments)}){returns}"
        if len(line) <= WIDTH:
            return line
        return f"{before}{name}(\n" + "".join(f"    {argument},\n" for argument in arguments) + f"){returns}"

    def _arguments(self, given: ast.arguments) -> list[str]:
        positional = [*given.posonlyargs, *given.args]
        missing: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
        told = [self._argument(*pair) for pair in zip(positional, [*missing, *given.defaults], strict=True)]
        if given.posonlyargs:
            told.insert(len(given.posonlyargs), "/")
        if given.vararg or given.kwonlyargs:
            told.append("*" + (self._argument(given.vararg) if given.vararg else ""))
        told += [self._argument(*pair) for pair in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
        return told + (["**" + self._argument(given.kwarg)] if given.kwarg else [])

    def _argument(self, argument: ast.arg, default: ast.expr | None = None) -> str:
        told = argument.arg + (f": {ast.unparse(argument.annotation)}" if argument.annotation else "")
        if default is None:
            return told
        if isinstance(default, ast.Name):
            default = self._constants.get(default.id, default)
        text = ast.unparse(default)
        if isinstance(default, ast.Constant) and isinstance(default.value, str):
            text = json.dumps(default.value, ensure_ascii=False)
        return told + (" = " if argument.annotation else "=") + text


@cache
def module(name: str) -> Module:
    return Module(name)


def methods(node: ast.ClassDef) -> Iterator[Function]:
    """Public methods and properties, in the order of the source."""
    for item in node.body:
        if isinstance(item, Function) and _is_public(item.name) and not _is_setter(item):
            yield item


def explanation(node: ast.ClassDef | Function | ast.Module) -> str:
    """The docstring, which is Markdown already; empty when there is none."""
    return ast.get_docstring(node) or ""


def is_classmethod(node: Function) -> bool:
    return any(ast.unparse(decorator) == "classmethod" for decorator in node.decorator_list)


def _target(field: ast.AnnAssign | ast.Assign) -> str:
    return ast.unparse(field.target if isinstance(field, ast.AnnAssign) else field.targets[0])


def _is_public(name: str) -> bool:
    return not name.startswith("_") and name != "model_config"


def _is_setter(node: Function) -> bool:
    return any(ast.unparse(decorator).endswith((".setter", ".deleter")) for decorator in node.decorator_list)
