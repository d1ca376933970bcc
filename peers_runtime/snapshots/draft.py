"""A source in memory, read like a snapshot before it is kept, or without ever being one."""

from __future__ import annotations

import os

from peers_runtime.base import errors
from peers_runtime.snapshots import interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from types import CodeType

    from peers_runtime.model.manifest import Manifest
    from peers_runtime.model.modules import ModuleFile
    from peers_runtime.snapshots.shared_code import SharedCode
    from peers_runtime.snapshots.source import Source


class Draft:
    """What a realm reads of a source.

    With a `manifest` it is that snapshot, which is not on the disk yet; else `digest` is its own alone and
    no snapshot's id: two captures of one folder at once are two realms. Every method takes that digest, as a
    store's do, and raises KeyError for another.
    """

    def __init__(
        self, source: Source, manifest: Manifest | None = None, shared: SharedCode | None = None
    ) -> None:
        self.manifest = manifest
        self.digest = manifest.id if manifest is not None else os.urandom(32).hex()
        self._source = source
        self._shared = shared
        self._code: dict[tuple[str, str], CodeType] = {}
        self._folder: str | None = None

    def modules(self, digest: str) -> Mapping[str, ModuleFile]:
        self._check(digest)
        return self._source.modules

    def code(self, digest: str, module: str, filename: str, share: bool = False) -> CodeType:
        """The module compiled as the file `filename`; raises `CompilationError`."""
        self._check(digest)
        path = self._source.modules[module].path
        if path is None:
            raise KeyError(module)
        if share and self._shared is not None:
            return self._shared.get(
                filename, self._source.digests[path], lambda: self._compiled(path, filename)
            )
        key = module, filename
        if key not in self._code:
            self._code[key] = self._compiled(path, filename)
        return self._code[key]

    def compile(self, known: Collection[str]) -> None:
        """Compile every module of a working copy whose source's digest is not `known`, to be shared.

        Raises `CompilationError`; a module that no import statement can name may fail.
        """
        for name, module in self._source.modules.items():
            if module.path is not None and self._source.digests[module.path] not in known:
                try:
                    self.code(self.digest, name, self._filename(module.path), share=True)
                except errors.CompilationError:
                    if all(part.isidentifier() for part in name.split(".")):
                        raise

    def source(self, digest: str, path: str) -> bytes:
        self._check(digest)
        data = self._source.files.get(path)
        if data is None:
            raise FileNotFoundError(path)
        return data

    def paths(self, digest: str) -> Collection[str]:
        self._check(digest)
        return self._source.files.keys()

    def folder(self, digest: str) -> str:
        """The author's own folder, else a temporary one, which goes with this object."""
        self._check(digest)
        if self._folder is None:
            self._folder = self._source.package_folder or self._laid_out()
        return self._folder

    def _filename(self, path: str) -> str:
        return os.path.join(self.folder(self.digest), *path.split("/"))

    def _compiled(self, path: str, filename: str) -> CodeType:
        return interpreter.compiled(self._source.files[path], path, filename)

    def _laid_out(self) -> str:
        import shutil
        import tempfile
        import weakref

        folder = tempfile.mkdtemp(prefix="peers-draft-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        for path, data in self._source.files.items():
            target = os.path.join(folder, *path.split("/"))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "xb") as file:
                file.write(data)
        return folder

    def _check(self, digest: str) -> None:
        if digest != self.digest:
            raise KeyError(digest)
