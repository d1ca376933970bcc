"""An experiment, not part of the runtime: modules that are executed only when they are first asked for.

Which ones may wait is a question with two answers here: those that a change did not touch, by themselves or
by what they import (`unaffected`), and among them those that can be seen to do nothing when they are executed
(`harmless`). Decision record 7 says what comes of either.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import sys
from collections.abc import Collection, Generator, Mapping, Sequence
from importlib import abc, util
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType


class Modules(abc.MetaPathFinder, abc.InspectLoader):
    """Source texts by path, `own/part.py`, compiled once and importable as often as wanted."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.sources = {_name(path): text for path, text in files.items() if path.endswith(".py")}
        self._packages = {_name(path) for path in files if path.endswith("/__init__.py")}
        self._codes: dict[str, CodeType] = {
            name: compile(text, f"{name}.py", "exec", dont_inherit=True)
            for name, text in self.sources.items()
        }
        self._postponed: Collection[str] = ()
        self.executed: list[str] = []

    @contextlib.contextmanager
    def loaded(self, main: str, postponed: Collection[str] = ()) -> Generator[ModuleType]:
        """`main`, imported anew; afterwards nothing of it is imported any more."""
        self._postponed = postponed
        self.executed = []
        sys.meta_path.insert(0, self)
        try:
            yield importlib.import_module(main)
        finally:
            sys.meta_path.remove(self)
            for name in self.sources:
                sys.modules.pop(name, None)

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._codes:
            return None
        loader = util.LazyLoader(self) if fullname in self._postponed else self
        return util.spec_from_loader(fullname, loader, is_package=fullname in self._packages)

    def get_code(self, fullname: str) -> CodeType:
        return self._codes[fullname]

    def get_source(self, fullname: str) -> str:
        return self.sources[fullname]

    def is_package(self, fullname: str) -> bool:
        return fullname in self._packages

    def exec_module(self, module: ModuleType) -> None:
        self.executed.append(module.__name__)
        exec(self._codes[module.__name__], module.__dict__)

    def unaffected(self, changed: str) -> set[str]:
        """The modules that neither are the changed one nor import it, at whatever remove."""
        imports = {name: self._imports(name) for name in self.sources}
        affected = {changed}
        while more := {name for name, wanted in imports.items() if wanted & affected} - affected:
            affected |= more
        return self.sources.keys() - affected

    def harmless(self) -> set[str]:
        """The modules that only make functions and constants, and import only such modules, in no circle."""
        found = {
            name
            for name, text in self.sources.items()
            if all(_does_nothing(statement, self.sources) for statement in ast.parse(text).body)
        }
        settled: set[str] = set()
        while more := {name for name in found - settled if self._imports(name) <= settled}:
            settled |= more
        return settled

    def _imports(self, name: str) -> set[str]:
        wanted = set()
        for node in ast.walk(ast.parse(self.sources[name])):
            if isinstance(node, ast.Import):
                wanted |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                above = name.split(".")[: -node.level or None] if node.level else []
                if node.level and name in self._packages:
                    above = name.split(".")[: len(name.split(".")) - node.level + 1]
                source = ".".join([*above, *([node.module] if node.module else [])])
                wanted |= {source, *(f"{source}.{alias.name}" for alias in node.names)}
        return wanted & self.sources.keys()


def _name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _does_nothing(statement: ast.stmt, own: Collection[str]) -> bool:
    match statement:
        case ast.Expr(value) | ast.Assign([ast.Name()], value):
            return _is_constant(value)
        case ast.Import(names):
            return all(alias.name in own for alias in names)
        case ast.ImportFrom(module, _, level):
            return bool(level) or module == "__future__" or module in own
        case ast.FunctionDef(_, arguments, _, [], None) | ast.AsyncFunctionDef(_, arguments, _, [], None):
            given = [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]
            everyone = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            everyone += [one for one in (arguments.vararg, arguments.kwarg) if one]
            return all(map(_is_constant, given)) and not any(one.annotation for one in everyone)
    return False


def _is_constant(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError):
        return False
    return True
