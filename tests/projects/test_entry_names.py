"""What names become when case, width, marks and spelling are set aside."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from peers_runtime.projects import entry_names

NOT_IN_NAMES = {"Cc", "Cf", "Cn", "Co", "Cs"}
SPELLINGS = (str.upper, str.lower, str.title, str.casefold, entry_names.folded)
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def test_each_character_folds_to_the_same_however_it_is_spelled() -> None:
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if unicodedata.category(character) in NOT_IN_NAMES:
            continue
        folded = entry_names.folded(character)
        spelled = {spell(character) for spell in SPELLINGS}
        spelled |= {unicodedata.normalize(form, character) for form in FORMS}
        assert {entry_names.folded(each) for each in spelled} == {folded}, hex(number)


@pytest.mark.parametrize(
    "name",
    [
        "notes/store.py",
        "notes/console.py",  # which only begins like a reserved one
        "notes/com10",
        "notes/auxiliary/nullable.py",
        "notes/.gitignore",
        "notes/a~b.txt",
        "notes/backup~",
        "notes/a b.txt",
        "notes/C.py",
        "notes/.con",
    ],
)
def test_ordinary_names_are_taken(name: str) -> None:
    entry_names.check(name)
