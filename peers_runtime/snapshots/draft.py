"""A source in memory, read like a snapshot before it is one: what its definition is evaluated from."""

from __future__ import annotations

import os

from peers_runtime.snapshots import interpreter, layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from types import CodeType

    from peers_runtime.model.modules import ModuleFile
    from peers_runtime.snapshots.source import Source


class Draft:
    """What a throw-away realm reads.

    `digest` is its own alone and no snapshot's id: two captures of one folder at once are two realms.
    Every method takes that digest, as a store's do, and raises KeyError for another.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._modules = layout.modules(source.files)
        self._code: dict[tuple[str, str], CodeType] = {}
        self._folder: str | None = None
        self.digest = os.urandom(32).hex()

    def modules(self, digest: str) -> Mapping[str, ModuleFile]:
        self._check(digest)
        return self._modules

    def code(self, digest: str, module: str, filename: str, share: bool = False) -> CodeType:  # noqa: ARG002 - as the store
        """The module compiled as the file `filename`; raises `CompilationError`. Nothing is shared."""
        self._check(digest)
        key = module, filename
        if key not in self._code:
            path = self._modules[module].path
            if path is None:
                raise KeyError(module)
            self._code[key] = interpreter.compiled(self._source.files[path], path, filename)
        return self._code[key]

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
