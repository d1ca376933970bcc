"""The least that an import can cost on importlib: code in memory, found in a dictionary, nothing checked.

What is left is importlib's own work, unmarshalling, and running the modules. No store can be faster.
"""

from __future__ import annotations

import importlib
import marshal
import sys
from collections.abc import Mapping
from importlib import abc
from importlib.machinery import ModuleSpec
from types import CodeType

from benchmarks import stored


class Least(abc.InspectLoader):
    """Imports one package's `main` from these files."""

    def __init__(self, own: str, files: Mapping[str, str]) -> None:
        self._own = own
        self._code: dict[str, bytes] = {}
        self._packages: set[str] = set()
        for path, text in files.items():
            name = path.removesuffix(".py").replace("/", ".")
            if name.endswith(".__init__"):
                name = name.removesuffix(".__init__")
                self._packages.add(name)
            self._code[name] = marshal.dumps(compile(text, path, "exec", dont_inherit=True))

    def prepare(self) -> None:
        stored.uninstall(self._own)
        sys.meta_path.insert(0, self)

    def act(self) -> None:
        importlib.import_module(f"{self._own}.main")

    def clean(self) -> None:
        sys.meta_path.remove(self)

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname not in self._code:
            return None
        return ModuleSpec(fullname, self, is_package=fullname in self._packages)

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = marshal.loads(self._code[fullname])
        return code

    def get_source(self, fullname: str) -> str | None:  # noqa: ARG002  # the signature is importlib's
        return None
