"""`importlib.metadata` for a realm's code: the package itself and its private distributions come first."""

from __future__ import annotations

import importlib.metadata as real
import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from peers_runtime.importing.realm import Realm


class Distribution(real.Distribution):
    """The package, or one of its private distributions. Without a `METADATA` file it has name and version."""

    def __init__(self, realm: Realm, name: str, version: str, digest: str) -> None:
        self._realm = realm
        self._digest = digest
        self._given = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"

    def read_text(self, filename: str | os.PathLike[str]) -> str | None:
        for path in self._realm.read.paths(self._digest):
            folder, _, name = path.partition("/")
            if folder.endswith(".dist-info") and name == os.fspath(filename):
                return self._realm.read.source(self._digest, path).decode()
        return self._given if filename == "METADATA" else None

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        from pathlib import Path

        return Path(self._realm.contents.folder(self._digest)) / path


def members(realm: Realm) -> dict[str, Any]:
    def distribution(distribution_name: str) -> real.Distribution:
        wanted = _normal(distribution_name)
        lock = realm.lock
        for private in lock.private:
            if _normal(private.name) == wanted:
                return Distribution(realm, private.name, private.version, private.digest)
        own = Distribution(realm, lock.name, lock.version, lock.digest)
        if wanted in (_normal(lock.name), _normal(own.metadata["Name"])):
            return own
        return real.distribution(distribution_name)

    def version(distribution_name: str) -> str:
        return distribution(distribution_name).version

    def metadata(distribution_name: str) -> Any:
        return distribution(distribution_name).metadata

    def requires(distribution_name: str) -> list[str] | None:
        return distribution(distribution_name).requires

    def files(distribution_name: str) -> Any:
        return distribution(distribution_name).files

    return {
        "distribution": distribution,
        "version": version,
        "metadata": metadata,
        "requires": requires,
        "files": files,
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
