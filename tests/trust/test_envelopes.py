"""What was signed comes back as it was; anything else does not."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.trust import envelopes
from peers_runtime.trust.envelopes import Signer
from peers_runtime.trust.keys import Keys

TYPE = "application/vnd.test+json"
OTHER_TYPE = "application/vnd.other+json"
PAYLOAD = b'{"version":"1.0.0"}?>'  # with a `/` and a `+` in its base64


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys") / "keys")


@pytest.fixture(scope="module")
def ada(keys: Keys) -> Signer:
    return keys.signer("ada")


@pytest.fixture(scope="module")
def bob(keys: Keys) -> Signer:
    return keys.signer("bob")


@pytest.fixture(scope="module")
def envelope(ada: Signer) -> str:
    return ada.sign(TYPE, PAYLOAD)


@settings(deadline=None)  # each example signs and verifies
@given(payload=st.binary())
def test_the_bytes_that_were_signed_come_back(ada: Signer, payload: bytes) -> None:
    assert envelopes.opened(ada.sign(TYPE, payload), ada.public_key, TYPE) == payload


def test_an_envelope_is_dsse_as_others_read_it(ada: Signer, envelope: str) -> None:
    """Read by hand, as the standard of Dead Simple Signing Envelopes says."""
    data = json.loads(envelope)
    (signature,) = data["signatures"]
    payload = base64.b64decode(data["payload"], validate=True)
    signed = f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} ".encode() + payload
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(ada.public_key, validate=True))
    key.verify(base64.b64decode(signature["sig"], validate=True), signed)
    assert (payload, data["payloadType"]) == (PAYLOAD, TYPE)


@pytest.mark.parametrize("bit", [1, 2, 4, 32])
def test_an_envelope_with_any_byte_changed_is_refused(ada: Signer, envelope: str, bit: int) -> None:
    for position in range(len(envelope)):
        changed = envelope[:position] + chr(ord(envelope[position]) ^ bit) + envelope[position + 1 :]
        assert _is_refused(changed, ada.public_key), changed


def test_an_envelope_that_was_cut_is_refused(ada: Signer, envelope: str) -> None:
    assert all(_is_refused(envelope[:length], ada.public_key) for length in range(len(envelope)))


def test_another_signer_is_refused(ada: Signer, bob: Signer, envelope: str) -> None:
    with pytest.raises(errors.SignatureInvalid, match="not by the key that it should be by"):
        envelopes.opened(envelope, bob.public_key, TYPE)
    pretended = json.loads(bob.sign(TYPE, PAYLOAD))
    pretended["signatures"][0]["keyid"] = json.loads(envelope)["signatures"][0]["keyid"]
    assert _is_refused(_compact(pretended), ada.public_key)


def test_another_type_of_payload_is_refused(ada: Signer, envelope: str) -> None:
    with pytest.raises(errors.SignatureInvalid, match="what was signed is"):
        envelopes.opened(envelope, ada.public_key, OTHER_TYPE)
    renamed = _compact({**json.loads(envelope), "payloadType": OTHER_TYPE})
    with pytest.raises(errors.SignatureInvalid, match="is over something else"):
        envelopes.opened(renamed, ada.public_key, OTHER_TYPE)


def test_other_spellings_of_the_same_envelope_are_refused(ada: Signer, bob: Signer, envelope: str) -> None:
    data = json.loads(envelope)
    (signature,) = data["signatures"]
    spellings = [
        json.dumps(data),
        envelope + "\n",
        _compact(dict(reversed(data.items()))),
        _compact({**data, "more": 1}),
        envelope.replace("{", '{"payload":"",', 1),
        _compact({**data, "payload": data["payload"].replace("/", "_").replace("+", "-")}),
        _compact({**data, "signatures": [{**signature, "more": 1}]}),
        _compact({**data, "signatures": [*data["signatures"], *data["signatures"]]}),
        _compact({**data, "signatures": [signature, *json.loads(bob.sign(TYPE, PAYLOAD))["signatures"]]}),
        _compact({**data, "signatures": [{**signature, "sig": _with_spare_bits(signature["sig"])}]}),
    ]
    assert _compact(data) == envelope
    for spelling in spellings:
        assert spelling != envelope
        assert _is_refused(spelling, ada.public_key), spelling


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "{",
        "1" * 5000,
        "[" * 200_000,
        '{"payload":1,"payloadType":"t","signatures":[]}',
        '{"payload":"","payloadType":"t","signatures":[]}',
        '{"payload":"","payloadType":"t","signatures":{}}',
        '{"payload":"","payloadType":"t","signatures":[1]}',
        '{"payload":"","payloadType":"t","signatures":[{"sig":1}]}',
        '{"payload":"","payloadType":"t","signatures":[{"keyid":[],"sig":""}]}',
        '{"payload":"\\ud800","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}',
        '{"payload":"","payloadType":null,"signatures":[{"keyid":"k","sig":""}]}',
    ],
    ids=range(15),
)
def test_what_is_no_envelope_is_refused(ada: Signer, text: str) -> None:
    assert _is_refused(text, ada.public_key)


@pytest.mark.parametrize("public_key", ["", "a", "é", "AAAA", "A" * 44, "\ud800"])
def test_what_is_no_public_key_verifies_nothing(envelope: str, public_key: str) -> None:
    with pytest.raises(errors.SignatureInvalid, match=r"is no public key|not by the key") as caught:
        envelopes.opened(envelope, public_key, TYPE)
    assert str(caught.value).isascii()


def _is_refused(envelope: str, public_key: str) -> bool:
    try:
        envelopes.opened(envelope, public_key, TYPE)
    except errors.SignatureInvalid:
        return True
    return False


def _compact(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"))


def _with_spare_bits(text: str) -> str:
    """The base64 of 64 bytes ends in `X==`, where four bits of X say nothing."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = digits[digits.index(text[-3]) + 1]
    changed = f"{text[:-3]}{last}=="
    assert base64.b64decode(changed, validate=True) == base64.b64decode(text)
    return changed
