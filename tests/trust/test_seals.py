"""Secrets sealed with a key: what is not exactly what was sealed cannot be opened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.trust import seals
from peers_runtime.trust.seals import Seal

SECRET = "hunter2-ünïcode"
PLACE = b"the place of one secret"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keys" / "secrets.json"


@pytest.fixture
def seal(path: Path) -> Seal:
    return Seal(path, makes_key=True)


def test_what_was_sealed_is_opened_with_the_same_key(seal: Seal, path: Path) -> None:
    sealed = seal.sealed(SECRET, PLACE)
    assert SECRET not in sealed
    assert Seal(path).opened(sealed, PLACE) == SECRET
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_one_secret_is_never_sealed_twice_the_same(seal: Seal) -> None:
    assert seal.sealed(SECRET, PLACE) != seal.sealed(SECRET, PLACE)


def test_a_secret_cannot_be_opened_in_the_place_of_another(seal: Seal) -> None:
    sealed = seal.sealed(SECRET, PLACE)
    with pytest.raises(errors.SecretUnreadable, match="in the place of another"):
        seal.opened(sealed, b"another place")


def test_no_character_of_a_seal_can_be_changed(seal: Seal) -> None:
    sealed = seal.sealed(SECRET, PLACE)
    for position, character in enumerate(sealed):
        other = "A" if character != "A" else "B"
        altered = f"{sealed[:position]}{other}{sealed[position + 1 :]}"
        with pytest.raises(errors.SecretUnreadable) as caught:
            seal.opened(altered, PLACE)
        assert SECRET not in str(caught.value)
    for altered in ("", "1", "1::", SECRET, json.dumps(SECRET), sealed[:-8], sealed + "AAAA"):
        with pytest.raises(errors.SecretUnreadable):
            seal.opened(altered, PLACE)


def test_another_key_opens_nothing_and_is_named_as_that(seal: Seal, tmp_path: Path) -> None:
    sealed = seal.sealed(SECRET, PLACE)
    other = Seal(tmp_path / "other.json", makes_key=True)
    other.sealed("", PLACE)
    with pytest.raises(errors.SecretUnreadable, match=r"another key than .*other\.json"):
        other.opened(sealed, PLACE)


def test_a_key_that_others_may_read_is_not_used(seal: Seal, path: Path) -> None:
    sealed = seal.sealed(SECRET, PLACE)
    path.chmod(0o644)
    with pytest.raises(errors.KeyExposed, match="0644"):
        seal.opened(sealed, PLACE)
    with pytest.raises(errors.KeyExposed, match="0644"):
        seal.sealed(SECRET, PLACE)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "no json", '{"algorithm": "aes-256-gcm", "key": "c2hvcnQ="}']
)
def test_a_file_that_holds_no_key_is_never_replaced(seal: Seal, path: Path, text: str) -> None:
    seal.sealed(SECRET, PLACE)
    path.write_text(text)
    with pytest.raises(errors.KeyDamaged, match="no key of secrets"):
        seal.sealed(SECRET, PLACE)
    assert path.read_text() == text


def test_a_key_that_is_not_there_is_made_only_where_that_was_said(path: Path) -> None:
    with pytest.raises(errors.KeyDamaged, match="No such file"):
        Seal(path).sealed(SECRET, PLACE)
    assert not path.exists()


def test_making_a_key_leaves_one_that_is_there(path: Path) -> None:
    assert seals.make_key(path)
    before = path.read_bytes()
    assert not seals.make_key(path)
    assert path.read_bytes() == before


def test_neither_key_nor_secret_stands_in_what_python_shows_of_a_seal(seal: Seal, path: Path) -> None:
    seal.sealed(SECRET, PLACE)
    key = json.loads(path.read_text())["key"]
    assert key not in repr(seal)
