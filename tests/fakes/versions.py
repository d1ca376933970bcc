"""Package versions in plain folders, imported by Python itself under a name of their own each."""

from __future__ import annotations

import importlib
import itertools
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

from peers_runtime.contributions import definition
from peers_runtime.contributions.belongings import Belongings
from peers_runtime.model.manifest import Definition

_ROOT = "fake_realms"
_numbers = itertools.count(1)


class FakeVersion:
    """Loads like a realm: `fake_realms.<tag>.notes.store` to Python, `notes.store` to its author.

    Its own absolute imports are not redirected: test packages import relatively.
    """

    def __init__(self, folder: Path, name: str = "notes", version: str = "1.0.0") -> None:
        self.name = name
        self.version = version
        self.label = f"{name}@{version}"
        self.folder = folder
        self.belongings = Belongings()
        self.prefix = f"{_ROOT}.v{next(_numbers)}."
        self._definition: Definition | None = None
        for package, path in ((_ROOT, []), (self.prefix[:-1], [str(folder)])):
            module = sys.modules.setdefault(package, ModuleType(package))
            module.__path__ = path

    def write(self, files: Mapping[str, str]) -> FakeVersion:
        """Files by posix path inside the import package."""
        for path, text in {"__init__.py": "", **files}.items():
            file = self.folder / self.name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text), encoding="utf-8")
        # compiled code is told from other by size and second alone
        shutil.rmtree(self.folder / self.name / "__pycache__", ignore_errors=True)
        importlib.invalidate_caches()
        return self

    def again(self) -> FakeVersion:
        """The same files with nothing imported yet."""
        return FakeVersion(self.folder, self.name, self.version)

    def evaluate(self, **options: Any) -> Definition:
        reference = options.pop("reference", f"{self.name}.package:package")
        return definition.evaluate(
            self.load, self.loaded, self.name, self.version, reference, logical=self.logical, **options
        )

    @property
    def definition(self) -> Definition:
        if self._definition is None:
            throw_away = self.again()
            try:
                self._definition = throw_away.evaluate()
            finally:
                throw_away.forget()
        return self._definition

    def load(self, reference: str) -> Any:
        logical, _, path = reference.partition(":")
        try:
            found: Any = importlib.import_module(self.prefix + logical)
        except ImportError as error:
            if error.name is not None:
                error.name = self.logical(error.name)
            raise
        for attribute in path.split(".") if path else ():
            found = getattr(found, attribute)
        return found

    def loaded(self) -> tuple[str, ...]:
        return tuple(name.removeprefix(self.prefix) for name in sys.modules if name.startswith(self.prefix))

    def logical(self, text: str) -> str:
        return text.replace(self.prefix, "")

    def forget(self) -> None:
        for name in [name for name in sys.modules if f"{name}.".startswith(self.prefix)]:
            del sys.modules[name]
