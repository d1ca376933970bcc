"""Mangled names, and back."""

from __future__ import annotations

from peers_runtime.importing import names

TAG = "notes_1_0_0_0123456789ab"


def test_a_mangled_name_has_a_tag_and_a_logical_part() -> None:
    assert names.split(f"peers_packages.{TAG}.notes.store") == (TAG, "notes.store")
    assert names.split(f"peers_packages.{TAG}") == (TAG, "")
    assert names.split("peers_packages") == ("", "")


def test_text_is_told_in_the_authors_names() -> None:
    assert names.logical(f"in peers_packages.{TAG}.notes.store: no") == "in notes.store: no"
    assert names.logical(f"'peers_packages.{TAG}.a', 'peers_packages.other_1_2_ffffffffffff.b'") == "'a', 'b'"
    assert names.logical(f"#/$defs/peers_packages__{TAG}__notes__store__Item") == "#/$defs/notes__store__Item"


def test_other_text_is_left_alone() -> None:
    for text in ("", "notes.store", "peers_packages", "mypeers_packages.x.y", f"peers_packages.{TAG}"):
        assert names.logical(text) == text
