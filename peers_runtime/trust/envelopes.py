"""Bytes signed into a DSSE envelope (Ed25519), and given back exactly as they were signed.

An envelope is JSON text of one spelling, with one signature; any other text of the same meaning is refused.
So an envelope cannot be changed in any way, not even one that would verify.

On the way of a host that signs nothing: imports only base64 and json. The first signature of a process costs
about 0.1 s, for the import of the library.
"""

# securesystemslib.signer offers its names from private modules without saying so in `__all__`
# pyright: reportPrivateImportUsage=false

from __future__ import annotations

import base64
import json

from peers_runtime.base import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import SSlibKey

_KEY_LENGTH = 32  # bytes of a public key
_SHOWN = 100  # characters of what is no key


class Signer:
    """Signs with one private key. `public_key`, the base64 of 32 bytes, is what others verify with."""

    __slots__ = ("_signer", "public_key")

    def __init__(self, key: Ed25519PrivateKey) -> None:
        from securesystemslib.signer import CryptoSigner

        self._signer = CryptoSigner(key)
        self.public_key = base64.b64encode(key.public_key().public_bytes_raw()).decode()

    def sign(self, payload_type: str, payload: bytes) -> str:
        """The payload in an envelope, as JSON text; `payload_type` says in ASCII what it is.

        Takes about 40 µs, a thirtieth of one SQLite commit.
        """
        from securesystemslib.dsse import Envelope

        envelope = Envelope(payload, payload_type, {})
        envelope.sign(self._signer)
        return _text(envelope)


def opened(envelope: str, public_key: str, payload_type: str) -> bytes:
    """The payload that was signed with the key that belongs to `public_key` (as `Signer.public_key`).

    Byte for byte: parse these bytes, or compare them with what should have been signed. Raises
    `SignatureInvalid` for every other text, key or payload type. Takes about 130 µs, a tenth of one SQLite
    commit.
    """
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError

    key = _key(public_key)
    try:
        found = Envelope.from_dict(json.loads(envelope))
        (signature,) = found.signatures.values()
        is_of_one_spelling = _text(found) == envelope and not signature.unrecognized_fields
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise errors.SignatureInvalid("the signature is no DSSE envelope that can be read") from error
    if not is_of_one_spelling:
        raise errors.SignatureInvalid("the signature's envelope is not spelt as it was written")
    if found.payload_type != payload_type:
        raise errors.SignatureInvalid(
            f"what was signed is {found.payload_type!a}, where {payload_type!r} is wanted"
        )
    try:
        found.verify([key], 1)
    except VerificationError as error:
        raise errors.SignatureInvalid(
            "the signature is not by the key that it should be by, or is over something else"
        ) from error
    return found.payload


def require_public_key(text: object) -> None:
    """Raises `InvalidSetting` for what is no public key as `Signer.public_key` has it."""
    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        raw = b""
    if len(raw) != _KEY_LENGTH:
        raise errors.InvalidSetting(
            f"{ascii(text)[:_SHOWN]} is no public key: the base64 of {_KEY_LENGTH} bytes is wanted",
            hint="see the one of this device with: peers members key",
        )


def _text(envelope: Envelope) -> str:
    return json.dumps(envelope.to_dict(), separators=(",", ":"))


def _key(public_key: str) -> SSlibKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from securesystemslib.signer import SSlibKey

    try:
        raw = base64.b64decode(public_key, validate=True)
        return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(raw))
    except ValueError as error:
        raise errors.SignatureInvalid(
            f"{public_key!a} is no public key: the base64 of 32 bytes is wanted"
        ) from error
