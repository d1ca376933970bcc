"""The private keys of this device: one file for each who signs, for its owner's eyes only.

A key is made when it is first used. Files are named by a digest, because an actor's name is any text; inside
stands whose key it is, and the public key, so that a damaged or exchanged file is noticed.

On the way of a host that signs nothing: imports only base64, json and os.
"""

from __future__ import annotations

import base64
import json
import os
import stat

from peers_runtime.base import errors
from peers_runtime.trust.envelopes import Signer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


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
            _refuse_exposed(self._folder, os.stat(self._folder), 0o700)
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
        _refuse_exposed(self._folder, os.stat(self._folder), 0o700)
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

        _put_new(path, self._text(Ed25519PrivateKey.generate(), name))

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

        data = _read(path)
        if not data:
            raise _damaged(path, "it is empty")
        try:
            key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(json.loads(data)["privateKey"]))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise _damaged(path, "there is no key in it") from error
        if self._text(key, name) != data:
            raise _damaged(path, f"it is not the key of {name!r} as it was written")
        return key


def _put_new(path: str, data: bytes) -> None:
    temporary = f"{path}.{os.urandom(8).hex()}.tmp"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)  # unlike a rename it never replaces
    except FileExistsError:
        pass
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)
    # also by those who were slower: what they sign may reach the disk before the winner comes to this
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _read(path: str) -> bytes:
    try:
        # a pipe in the file's place must not keep us waiting
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise _damaged(path, f"it cannot be read: {error.strerror}") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _damaged(path, "it is no file")
        _refuse_exposed(path, status, 0o600)
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    except OSError as error:
        raise _damaged(path, f"it cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _refuse_exposed(path: str, status: os.stat_result, mode: int) -> None:
    if status.st_uid != os.geteuid():
        raise errors.KeyExposed(
            f"{path} belongs to another user (id {status.st_uid}), who can sign with what is in it",
            hint="run this as that user, or choose a home of your own with --home",
            path=path,
        )
    if status.st_mode & _OTHERS:
        raise errors.KeyExposed(
            f"others than its owner may use {path} (mode {status.st_mode & 0o777:04o})",
            hint=f"chmod {mode:o} {path}; whoever has read a key can sign with it",
            path=path,
        )


def _damaged(path: str, what: str) -> errors.KeyDamaged:
    return errors.KeyDamaged(
        f"the key {path} is damaged: {what}",
        hint="restore it from a backup; without one, put it aside; the next act that is to be signed says "
        f"who may allow a new key: mv {path} {path}.damaged",
        path=path,
    )
