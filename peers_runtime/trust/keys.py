"""The private keys of this device: one file for each who signs, for its owner's eyes only.

A key is made when it is first used. Files are named by a digest, because an actor's name is any text; inside
stands whose key it is, and the public key, so that a damaged or exchanged file is noticed.

On the way of a host that signs nothing: imports only base64, json and os.
"""

from __future__ import annotations

import base64
import json
import os

from peers_runtime.base import errors
from peers_runtime.trust import key_files
from peers_runtime.trust.envelopes import Signer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_LOST = "the next act that is to be signed says who may allow a new key"


class Keys:
    """The keys in `folder`, made with the first of them; `whose` says what kind of signer has them."""

    __slots__ = ("_folder", "_whose")

    def __init__(self, folder: str | os.PathLike[str], whose: str = "actor") -> None:
        self._folder = os.path.abspath(os.fspath(folder))
        self._whose = whose

    def signer(self, name: str) -> Signer:
        """With the key of that name, read anew each time and made when there is none.

        Of many processes that make it at once one wins, and all use its key. Raises `KeyExposed` when the
        file or the folder belongs to somebody else or lets others in; `KeyDamaged` when the file is not the
        that key as it was written, for it is never replaced; `HomeNotWritable` when there is none and none
        can be made.
        """
        path = self._path(name)
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            key_files.refuse_exposed(self._folder, os.stat(self._folder), 0o700)
            if not os.path.lexists(path):
                self._make(path, name)
        except OSError as error:
            raise errors.HomeNotWritable(
                f"{path} cannot be written: {error.strerror}",
                hint="make the home writable and free space on its disk, or choose another home with --home",
                path=path,
                reason=error.strerror,
            ) from error
        return Signer(self._parsed(path, name))

    def public_key(self, name: str) -> str | None:
        """The one that verifies what is signed with the key of that name; None when there is none yet.

        Raises `KeyExposed` or `KeyDamaged` as `signer` does.
        """
        path = self._path(name)
        if not os.path.lexists(path):
            return None
        key_files.refuse_exposed(self._folder, os.stat(self._folder), 0o700)
        return _base64(self._parsed(path, name).public_key().public_bytes_raw())

    def _path(self, name: str) -> str:
        import hashlib

        digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
        return os.path.join(self._folder, f"{self._whose}-{digest}.json")

    def _make(self, path: str, name: str) -> None:
        """A new key, whole and on the disk, unless another process is faster. Raises OSError.

        Whoever is killed at it leaves at most a file ending in `.tmp`, which nobody reads.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key_files.put_new(path, self._text(Ed25519PrivateKey.generate(), name))

    def _text(self, key: Ed25519PrivateKey, name: str) -> bytes:
        described = {
            "format": 1,
            self._whose: name,
            "algorithm": "ed25519",
            "publicKey": _base64(key.public_key().public_bytes_raw()),
            "privateKey": _base64(key.private_bytes_raw()),
        }
        return json.dumps(described, indent=2).encode() + b"\n"

    def _parsed(self, path: str, name: str) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        data = key_files.read(path, _LOST)
        if not data:
            raise key_files.damaged(path, "it is empty", _LOST)
        try:
            key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(json.loads(data)["privateKey"]))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise key_files.damaged(path, "there is no key in it", _LOST) from error
        if self._text(key, name) != data:
            raise key_files.damaged(path, f"it is not the key of {name!r} as it was written", _LOST)
        return key


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
