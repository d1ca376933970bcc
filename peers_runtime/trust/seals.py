"""Secrets sealed with a key (AES-256-GCM): nobody without it reads, changes or moves them.

On the way of a host that has no secrets: imports only base64, json and os.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os

from peers_runtime.base import errors
from peers_runtime.trust import key_files

_ALGORITHM = "aes-256-gcm"
_KEY_LENGTH = 32  # bytes
_NONCE_LENGTH = 12  # bytes; at random: one key is good for four thousand million seals
_LOST = "the secrets that were sealed with it are lost, and are to be set again with a new one"


class Seal:
    """Seals with the key in the file at `path`, which is read anew each time.

    `makes_key` says that it is made with the first secret when there is none. Raises `KeyExposed` when the
    file belongs to somebody else or lets others in, `KeyDamaged` when it is not there or no key, and
    `HomeNotWritable`.
    """

    __slots__ = ("_makes_key", "_path")

    def __init__(self, path: str | os.PathLike[str], *, makes_key: bool = False) -> None:
        self._path = os.path.abspath(os.path.expanduser(os.fspath(path)))
        self._makes_key = makes_key

    def sealed(self, text: str, bound_to: bytes) -> str:
        """The text so that `opened` gives it back, with the same key and `bound_to` only."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if self._makes_key and not os.path.lexists(self._path):
            make_key(self._path)
        key = self._key()
        nonce = os.urandom(_NONCE_LENGTH)
        closed = AESGCM(key).encrypt(nonce, text.encode(), bound_to)
        return f"1:{_name(key)}:{base64.b64encode(nonce + closed).decode()}"

    def opened(self, sealed: str, bound_to: bytes) -> str:
        """Raises `SecretUnreadable` for all that was not sealed so; of what it held nothing is said."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        form, _, rest = sealed.partition(":")
        name, _, closed = rest.partition(":")
        if form != "1":
            raise _unreadable("it is not sealed, or by a newer version of peers_runtime")
        key = self._key()
        if name != _name(key):
            raise _unreadable(f"it was sealed with another key than {self._path}")
        try:
            data = base64.b64decode(closed, validate=True)
            return AESGCM(key).decrypt(data[:_NONCE_LENGTH], data[_NONCE_LENGTH:], bound_to).decode()
        except (InvalidTag, ValueError):
            pass  # outside of the handler: nothing of it shall stand in a traceback
        raise _unreadable("it was altered, or stands in the place of another one")

    def _key(self) -> bytes:
        data = key_files.read(self._path, _LOST)
        try:
            described = json.loads(data)
            key = base64.b64decode(described["key"], validate=True)
            if described["algorithm"] == _ALGORITHM and len(key) == _KEY_LENGTH:
                return key
        except (ValueError, TypeError, KeyError, RecursionError):
            pass  # outside of the handler: its error may hold a part of the key
        raise key_files.damaged(self._path, "there is no key of secrets in it", _LOST)

    def __repr__(self) -> str:
        return f"<Seal with {self._path}>"


def make_key(path: str | os.PathLike[str]) -> bool:
    """A new key in a file of its own; False when there is a file already, which stays as it is.

    Raises `HomeNotWritable`.
    """
    target = os.path.abspath(os.path.expanduser(os.fspath(path)))
    key = base64.b64encode(os.urandom(_KEY_LENGTH)).decode()
    described = json.dumps({"format": 1, "algorithm": _ALGORITHM, "key": key}, indent=2)
    try:
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        return key_files.put_new(target, described.encode() + b"\n")
    except OSError as error:
        raise errors.HomeNotWritable(
            f"{target} cannot be written: {error.strerror}",
            hint="choose another place, or make its folder writable",
            path=target,
            reason=error.strerror,
        ) from error


def _name(key: bytes) -> str:
    """Tells keys apart and says nothing of them."""
    return hashlib.sha256(b"peers secrets " + key).hexdigest()[:16]


def _unreadable(what: str) -> errors.SecretUnreadable:
    return errors.SecretUnreadable(
        f"a secret cannot be opened: {what}",
        hint="set it again, or open the home with the key that it was sealed with",
        reason=what,
    )
