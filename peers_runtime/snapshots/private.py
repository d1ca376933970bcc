"""A Python distribution that a package carries itself, as snapshots need it and a store keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from peers_runtime.base import canonical
from peers_runtime.model.manifest import FileEntry, PrivateEntry
from peers_runtime.model.modules import ModuleFile
from peers_runtime.snapshots import layout
from peers_runtime.snapshots.blobs import digest_of


@dataclass(frozen=True)
class PrivateDistribution:
    """What one version of a package gets to import, and where it is from.

    `files` are what an install would put among the modules, by posix path: modules, data, and of the
    dist-info folder what describes the distribution (`METADATA`, `entry_points.txt`, licenses). `imports`
    are the top-level names with Python code below them. `requires` and `requires_python` are as the
    metadata spells them; `left_out` are the files that nothing can come of in a realm. `data` is the wheel.
    """

    name: str  # canonical: "ruamel-yaml"
    version: str
    filename: str
    data: bytes = field(repr=False)
    imports: tuple[str, ...]
    requires: tuple[str, ...]
    requires_python: str
    files: Mapping[str, bytes] = field(repr=False)
    left_out: tuple[str, ...] = field(repr=False)

    @cached_property
    def wheel(self) -> FileEntry:
        return FileEntry(path=self.filename, digest=digest_of(self.data), size=len(self.data))

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """Path -> SHA-256 of each of the files."""
        return {path: digest_of(data) for path, data in self.files.items()}

    @cached_property
    def modules(self) -> Mapping[str, ModuleFile]:
        return layout.modules(self.files)

    @cached_property
    def content(self) -> bytes:
        """What a store keeps it by: RFC 8785 JSON of the wheel and of all files."""
        files = [
            {"path": path, "digest": digest, "size": len(self.files[path])}
            for path, digest in self.digests.items()
        ]
        parts = {"name": self.name, "version": self.version, "wheel": self.wheel.wire(), "files": files}
        return canonical.dumps(parts)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `content`."""
        return digest_of(self.content)

    def entry(self, extras: Iterable[str] = ()) -> PrivateEntry:
        """What a lock and a manifest say of it, when these extras of it are asked for."""
        return PrivateEntry(
            name=self.name,
            version=self.version,
            digest=self.digest,
            wheel=self.wheel,
            imports=self.imports,
            extras=tuple(sorted(extras)),
            requires=self.requires,
            requires_python=self.requires_python,
        )
