"""What the stored content of a snapshot or of a private distribution names.

On the way to a first import: imports nothing heavy.
"""

from __future__ import annotations

import json

from peers_runtime.base import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Listing:
    """`files` are SHA-256 digests by posix path, `private` the digests of the distributions that are needed.

    `dependencies` are the digests of the snapshots that are needed themselves, not of what these need.
    `wheel` is the digest of the wheel that a distribution came in; a snapshot has none. `text` is that of
    what its content is read from, besides what lies at its own digest.
    """

    __slots__ = ("dependencies", "digest", "files", "private", "text", "wheel")

    def __init__(self, digest: str, content: bytes, text: str | None = None) -> None:
        """Raises `DamagedBytes` for what is neither, and for paths that lead out of a folder."""
        try:
            data = json.loads(content)
            self.digest = digest
            self.text = text
            self.files: Mapping[str, str] = {file["path"]: file["digest"] for file in data["files"]}
            self.private: tuple[str, ...] = tuple(one["digest"] for one in data.get("private", ()))
            self.dependencies: tuple[str, ...] = tuple(one["digest"] for one in data.get("dependencies", ()))
            self.wheel: str | None = data["wheel"]["digest"] if "wheel" in data else None
            if all(map(_stays_inside, self.files)):
                return
        except (KeyError, TypeError, ValueError, AttributeError):
            pass
        raise errors.DamagedBytes(
            f"{digest} is no snapshot that can be laid out", hint="do not install it", digest=digest
        )

    @property
    def blobs(self) -> set[str]:
        """The digests of all bytes that belong to it, but for its own digest's and what it needs."""
        return {*self.files.values(), *(one for one in (self.wheel, self.text) if one is not None)}


def _stays_inside(path: str) -> bool:
    return "\\" not in path and all(part not in ("", ".", "..") for part in path.split("/"))
