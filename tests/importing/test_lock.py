"""Closures as data, and the tags that name them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from peers_runtime.importing.lock import Lock, Private, closure_digest, tag

DIGEST = "ab" * 32
SIX = Private("six", "1.17.0", "cd" * 32, ["six"])
CLICK = Private("click", "8.2.1", "ef" * 32, ["click"])


def test_a_tag_names_package_version_and_closure() -> None:
    lock = Lock("notes", "1.2.0-rc.1+local", DIGEST)
    assert tag(lock) == f"notes_1_2_0_rc_1_local_{closure_digest(lock)[:12]}"
    assert tag(lock).isidentifier()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"version": "1.0.1"},
        {"digest": "00" * 32},
        {"private": [SIX]},
        {"private": [SIX, Private("click", "8.1.8", CLICK.digest, ["click"])]},
        {"private": [SIX, Private("click", "8.2.1", "00" * 32, ["click"])]},
        {"private": [SIX, Private("click", "8.2.1", CLICK.digest, ["klick"])]},
        {"packages": []},
        {"packages": [Lock("tasks", "1.0.0", "00" * 32)]},
        {"declared": ["numpy"]},
        {"origin": "/home/author/notes"},
    ],
)
def test_every_part_of_a_closure_counts(change: dict[str, Any]) -> None:
    parts: dict[str, Any] = {
        "name": "notes",
        "version": "1.0.0",
        "digest": DIGEST,
        "private": [SIX, CLICK],
        "packages": [Lock("tasks", "1.0.0", DIGEST)],
        "declared": ["pydantic"],
    }
    assert closure_digest(Lock(**parts)) != closure_digest(Lock(**{**parts, **change}))
    assert Lock(**parts) != Lock(**{**parts, **change})


def test_the_order_of_listing_does_not_count() -> None:
    one = Lock("notes", "1.0.0", DIGEST, [SIX, CLICK], declared=["a", "b"])
    two = Lock("notes", "1.0.0", DIGEST, [CLICK, SIX], declared=["b", "a"])
    assert closure_digest(one) == closure_digest(two)


def test_a_lock_travels_as_json() -> None:
    inner = Lock("tasks", "2.0.0", DIGEST, [CLICK], origin="/work")
    lock = Lock("notes", "1.0.0", DIGEST, [SIX], [inner], {"pydantic", "typing_extensions"})
    again = Lock.from_data(json.loads(json.dumps(lock.as_data())))
    assert again == lock
    assert hash(again) == hash(lock)
    assert tag(again) == tag(lock)


def test_a_lock_cannot_be_changed() -> None:
    for record in (SIX, Lock("notes", "1.0.0", DIGEST)):
        with pytest.raises(AttributeError, match="frozen"):
            record.version = "9.9.9"
