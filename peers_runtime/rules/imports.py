"""What a module imports, as its text says: nothing is executed.

Imports inside functions count, those under conditions too. What is imported by a name that is computed
(`importlib.import_module(name)`) is not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from peers_runtime.model.manifest import ModuleEntry

Read = Callable[[str], bytes]  # of a file of the package, by its path


class Imports:
    """The modules of one package, and which of them import which; each is read once, when it is reached."""

    def __init__(self, modules: Iterable[ModuleEntry], read: Read) -> None:
        self._modules: Mapping[str, ModuleEntry] = {one.name: one for one in modules}
        self._read = read
        self._known: dict[str, Collection[str]] = {}
        self._unread: set[str] = set()

    @property
    def unread(self) -> Collection[str]:
        """Paths of what was reached and cannot be parsed, so that nobody knows what it imports."""
        return self._unread

    def reached(self, roots: Iterable[str], without: Iterable[str] = ()) -> frozenset[str]:
        """The paths of the sources that importing `roots` may execute: theirs, and what these import.

        With a module come the packages that it lies in. Names of no module of the package are passed over,
        and so is what imports the modules `without` or the packages that they lie in, unless a root does.
        """
        found: set[str] = set()
        todo = list(roots)
        of_roots = {name for root in todo for name in self._with_packages(root)}
        passed = {name for one in without for name in self._with_packages(one)} - of_roots
        while todo:
            names = list(self._with_packages(todo.pop()))
            if names and names[-1] in passed:
                continue
            for name in names:
                if name not in found:
                    found.add(name)
                    todo += self._imported_by(name)
        paths = (self._modules[name].path for name in found)
        return frozenset(path for path in paths if path is not None)

    def _with_packages(self, name: str) -> Iterator[str]:
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            above = ".".join(parts[:length])
            if above in self._modules:
                yield above

    def _imported_by(self, name: str) -> Collection[str]:
        if name not in self._known:
            module = self._modules[name]
            names = () if module.path is None else _names(self._read(module.path), module)
            if names is None and module.path is not None:
                self._unread.add(module.path)
            self._known[name] = names or ()
        return self._known[name]


def _names(source: bytes, module: ModuleEntry) -> Collection[str] | None:
    """What import statements name: of `from a import b` both `a` and `a.b`, as either may be a module.

    None for what is no Python: no import statement can name such a module, or packing refuses it.
    """
    try:
        tree = ast.parse(source, module.path or module.name)
    except (SyntaxError, ValueError):
        return None
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module)
            if base is not None:
                found.add(base)
                found.update(f"{base}.{alias.name}" for alias in node.names)
    return found


def _base(node: ast.ImportFrom, module: ModuleEntry) -> str | None:
    """The full name of what stands after `from`; None for one above the package."""
    if not node.level:
        return node.module
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    parts = package.split(".")
    kept = len(parts) - (node.level - 1)
    if not package or kept < 1:
        return None
    return ".".join([*parts[:kept], *([node.module] if node.module else [])])
