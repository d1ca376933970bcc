"""Bytes of realms in plain folders: one folder for each digest, compiled on demand."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import CodeType

from peers_runtime.model.modules import ModuleFile
from peers_runtime.snapshots import layout


class DiskBytes:
    """A real implementation of `importing.ports.Bytes` without a store: what is in the folders is served."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._content: dict[str, dict[str, bytes]] = {}  # what was added here; else the folders are read
        self._codes: dict[tuple[bytes, str], CodeType] = {}
        self._modules: dict[str, dict[str, ModuleFile]] = {}

    def add(self, files: Mapping[str, str | bytes], digest: str = "") -> str:
        """Keeps a tree of files, by posix path, and returns its digest, which may be given."""
        content = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        digest = digest or hashlib.sha256(repr(sorted(content.items())).encode()).hexdigest()
        self._content[digest] = content
        for path, data in content.items():
            file = self.home / digest / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        (self.home / digest).mkdir(exist_ok=True)
        return digest

    def add_folder(self, folder: Path) -> str:
        """Keeps a copy of a folder of Python files and data, such as an unpacked wheel."""
        return self.add(
            {
                file.relative_to(folder).as_posix(): file.read_bytes()
                for file in sorted(folder.rglob("*"))
                if file.is_file() and file.suffix != ".pyc"
            }
        )

    def modules(self, digest: str) -> dict[str, ModuleFile]:
        found = self._modules.get(digest)
        if found is None:
            found = self._modules[digest] = layout.modules(self.paths(digest))
        return found

    def code(self, digest: str, module: str, filename: str, share: bool) -> CodeType:
        path = self.modules(digest)[module].path
        assert path is not None
        source = self.source(digest, path)
        if not share:
            return compile(source, filename, "exec", dont_inherit=True)
        key = (source, filename)
        if key not in self._codes:
            self._codes[key] = compile(source, filename, "exec", dont_inherit=True)
        return self._codes[key]

    def source(self, digest: str, path: str) -> bytes:
        try:
            return self._content[digest][path]
        except KeyError:
            return (self.home / digest / path).read_bytes()

    def paths(self, digest: str) -> list[str]:
        folder = self.home / digest
        return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())

    def folder(self, digest: str) -> str:
        return os.fspath(self.home / digest)
