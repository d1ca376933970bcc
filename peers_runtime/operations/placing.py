"""Where in a project's files an author should look: a file and a line, as exactly as can be told."""

from __future__ import annotations

import ast
import itertools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from peers_runtime.base import errors
from peers_runtime.operations import faults
from peers_runtime.rules import written

if TYPE_CHECKING:
    from peers_runtime.snapshots.source import Source

PYPROJECT: Final = "pyproject.toml"
_POSITION: Final = re.compile(r"(?P<module>[\w.]+), (?P<kind>route|UI) (?P<position>\d+)")
_TOML_LINE: Final = re.compile(r"\(at line (?P<line>\d+), column \d+\)")
_TABLE: Final = re.compile(r"\[(?P<table>[\w.-]+)(?P<quoted>\.\"[^\"]+\")?\](?: (?P<key>\w+))?")
_QUOTED: Final = re.compile(r"'(?P<word>[^']+)'")
_CALLS: Final = {"route": "Route", "UI": "UI"}


@dataclass(frozen=True)
class Place:
    """`path` is below the project's folder, or absolute for a file that lies elsewhere."""

    path: str
    line: int = 1


class Places:
    """Those of the project in `folder`; what its package holds is known once its `source` has been read."""

    def __init__(self, folder: Path, source: Source | None = None) -> None:
        self._folder = folder
        self._source = source

    def of_error(self, error: errors.PeersError) -> Place:
        """The line that the error names, else the one that its facts lead to, else the top of a file."""
        found = faults.find_place(error)
        if found is not None:
            inside = self._inside(found.path)
            if inside is not None:
                return Place(inside, found.line)
        found_in = (self._in_modules(error), self._named(error.message), self._in_pyproject(error.message))
        for place in itertools.chain.from_iterable(found_in):
            return place
        return Place(PYPROJECT)

    def of_module(self, module: str, line: int = 1) -> Place | None:
        """None for one that has no file."""
        file = self._source.modules.get(module) if self._source is not None else None
        return None if file is None or file.path is None else Place(self._path(file.path), line)

    def text(self, place: Place) -> str:
        """The text of its line."""
        try:
            text = (self._folder / place.path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        lines = text.splitlines()
        return lines[place.line - 1].rstrip() if 0 < place.line <= len(lines) else ""

    def find(self, place: Place, text: str) -> Place:
        """The first line of that file which has the text; the place itself where none has."""
        for number, line in enumerate(self._lines(place.path), start=1):
            if text in line:
                return Place(place.path, number)
        return place

    def file(self, path: str) -> Place:
        """The top of a file of the import package, by its path in the package."""
        return Place(self._path(path))

    def _in_modules(self, error: errors.PeersError) -> Iterator[Place]:
        where = error.facts.get("where")
        importing, imported = error.facts.get("routes_module"), error.facts.get("module")
        if isinstance(importing, str) and isinstance(imported, str):
            yield from self._importing(importing, imported)
        if isinstance(where, str):
            position = _POSITION.match(where)
            if position is not None:
                yield from self._call(position["module"], position["kind"], int(position["position"]))
            top = self.of_module(where.partition(":")[0].partition(",")[0])
            if top is not None:
                for quoted in _QUOTED.finditer(error.message):
                    found = self.find(top, quoted["word"])
                    if found != top:
                        yield found
                yield top

    def _named(self, message: str) -> Iterator[Place]:
        """A file of the package that the message names, as wheels name it."""
        for quoted in _QUOTED.finditer(message):
            if self._source is not None and quoted["word"] in self._source.files:
                yield self.file(quoted["word"])

    def _importing(self, importing: str, imported: str) -> Iterator[Place]:
        """The import of a module that brings another one, itself or through others of the package."""
        for one in self._imports(importing):
            if one.module == imported or one.module.startswith(f"{imported}."):
                yield from filter(None, [self.of_module(importing, one.line)])
        for one in self._imports(importing):
            if self._brings(one.module, imported, {importing}):
                yield from filter(None, [self.of_module(importing, one.line)])
        yield from filter(None, [self.of_module(importing)])

    def _brings(self, module: str, wanted: str, seen: set[str]) -> bool:
        if module in seen:
            return False
        seen.add(module)
        return module == wanted or any(
            one.module == wanted or self._brings(one.module, wanted, seen) for one in self._imports(module)
        )

    def _imports(self, module: str) -> list[written.Import]:
        file = self._source.modules.get(module) if self._source is not None else None
        tree = self._tree(module)
        return [] if file is None or tree is None else list(written.named(tree, module, file))

    def _call(self, module: str, kind: str, position: int) -> Iterator[Place]:
        tree = self._tree(module)
        calls = [
            node.lineno
            for node in (ast.walk(tree) if tree is not None else ())
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == _CALLS[kind]
        ]
        if position <= len(calls):
            yield from filter(None, [self.of_module(module, sorted(calls)[position - 1])])

    def _tree(self, module: str) -> ast.Module | None:
        file = self._source.modules.get(module) if self._source is not None else None
        if self._source is None or file is None or file.path is None:
            return None
        return written.tree(self._source.files[file.path])

    def _in_pyproject(self, message: str) -> Iterator[Place]:
        toml = _TOML_LINE.search(message)
        if toml is not None:
            yield Place(PYPROJECT, int(toml["line"]))
        named = _TABLE.search(message)
        if named is None:
            top = Place(PYPROJECT)
            found = [self.find(top, quoted["word"]) for quoted in _QUOTED.finditer(message)]
            yield from (place for place in found if place != top)
            return
        header = f"[{named['table']}{named['quoted'] or ''}]"
        keys = [named["key"], *(quoted["word"] for quoted in _QUOTED.finditer(message))]
        inside, header_at = False, None
        for number, line in enumerate(self._lines(PYPROJECT), start=1):
            if line.startswith("["):
                inside = line.startswith(header)
                header_at = number if inside else header_at
            elif inside and line.partition("=")[0].strip() in keys:
                yield Place(PYPROJECT, number)
        if header_at is not None:
            yield Place(PYPROJECT, header_at)

    def _inside(self, path: str) -> str | None:
        """A path as this room writes it, of what an error names; None for what is no file of the project."""
        source = self._source
        if source is not None and path in source.files:
            return self._path(path)
        real = os.path.realpath(path)
        if os.path.isabs(path) and real.startswith(str(self._folder) + os.sep):
            return os.path.relpath(real, self._folder).replace(os.sep, "/")
        return None

    def _path(self, inside: str) -> str:
        top = self._source.package_folder if self._source is not None else None
        full = os.path.join(top or str(self._folder), *inside.split("/"))
        return os.path.relpath(full, self._folder).replace(os.sep, "/")

    def _lines(self, path: str) -> list[str]:
        try:
            return (self._folder / path).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
