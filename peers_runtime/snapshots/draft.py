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
    from peers_runtime.snapshots.store import SnapshotStore


class Draft:
    """What a realm reads of a source.

    With a `manifest` it is that snapshot, which is not on the disk yet; else `digest` is its own alone and
    no snapshot's id: two captures of one folder at once are two realms. Every method takes that digest or
    one of a private distribution that came with the source, as a store's do; what has another digest is
    read from `store`, and without one it is a KeyError.
    """

    def __init__(
        self,
        source: Source,
        manifest: Manifest | None = None,
        shared: SharedCode | None = None,
        store: SnapshotStore | None = None,
    ) -> None:
        self.manifest = manifest
        self.digest = manifest.id if manifest is not None else os.urandom(32).hex()
        self._source = source
        self._shared = shared
        self._store = store
        self._trees = {
            self.digest: _Tree(source.files, source.digests, source.modules, source.package_folder),
            **{
                digest: _Tree(one.files, one.digests, one.modules, None)
                for digest, one in source.carried.items()
            },
        }

    def modules(self, digest: str) -> Mapping[str, ModuleFile]:
        tree = self._trees.get(digest)
        return self._elsewhere(digest).modules(digest) if tree is None else tree.modules

    def code(self, digest: str, module: str, filename: str, share: bool = False) -> CodeType:
        """The module compiled as the file `filename`; raises `CompilationError`."""
        tree = self._trees.get(digest)
        if tree is None:
            return self._elsewhere(digest).code(digest, module, filename, share)
        path = tree.modules[module].path
        if path is None:
            raise KeyError(module)
        if share and self._shared is not None:
            return self._shared.get(filename, tree.digests[path], lambda: tree.compiled(path, filename))
        return tree.code(module, path, filename)

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
        tree = self._trees.get(digest)
        if tree is None:
            return self._elsewhere(digest).source(digest, path)
        data = tree.files.get(path)
        if data is None:
            raise FileNotFoundError(path)
        return data

    def paths(self, digest: str) -> Collection[str]:
        tree = self._trees.get(digest)
        return self._elsewhere(digest).paths(digest) if tree is None else tree.files.keys()

    def folder(self, digest: str) -> str:
        """The author's own folder, else a temporary one, which goes with this object."""
        tree = self._trees.get(digest)
        return self._elsewhere(digest).folder(digest) if tree is None else tree.folder()

    def _filename(self, path: str) -> str:
        return os.path.join(self.folder(self.digest), *path.split("/"))

    def _elsewhere(self, digest: str) -> SnapshotStore:
        if self._store is None:
            raise KeyError(digest)
        return self._store


class _Tree:
    """Files in memory, of the package or of one private distribution."""

    __slots__ = ("__weakref__", "_code", "_folder", "digests", "files", "modules")

    def __init__(
        self,
        files: Mapping[str, bytes],
        digests: Mapping[str, str],
        modules: Mapping[str, ModuleFile],
        folder: str | None,
    ) -> None:
        self.files = files
        self.digests = digests
        self.modules = modules
        self._folder = folder
        self._code: dict[tuple[str, str], CodeType] = {}

    def code(self, module: str, path: str, filename: str) -> CodeType:
        key = module, filename
        if key not in self._code:
            self._code[key] = self.compiled(path, filename)
        return self._code[key]

    def compiled(self, path: str, filename: str) -> CodeType:
        return interpreter.compiled(self.files[path], path, filename)

    def folder(self) -> str:
        """Where the files lie; laid out in a temporary folder unless they are an author's own."""
        if self._folder is None:
            self._folder = self._laid_out()
        return self._folder

    def _laid_out(self) -> str:
        import shutil
        import tempfile
        import weakref

        folder = tempfile.mkdtemp(prefix="peers-draft-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        for path, data in self.files.items():
            target = os.path.join(folder, *path.split("/"))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "xb") as file:
                file.write(data)
        return folder
