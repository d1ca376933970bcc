"""The glossary has each word once, and none is missing that a command or a public name is made of."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from peers_runtime.base import errors

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "explanation" / "glossary.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^\*\*(.+?)\*\* — ((?:.+\n)+)", TEXT, re.MULTILINE)
TERMS = [term for term, _ in ENTRIES]
ALSO = re.findall(r"— Also \*(.+?)\*", TEXT)
KNOWN = {term.casefold() for term in [*TERMS, *ALSO]}
COMMANDS = {  # what a command is about, where that is another word
    "deps": "dependency",
    "mcp": "MCP client",
    "pack": "packed wheel",
    "promote": "promotion",
    "resolve": "resolution",
    "serve": "console",
    "types": "contract",
    "unpin": "pin",
    "vars": "variable",
}
PLAIN_COMMANDS = {  # in their ordinary meaning
    "check", "completion", "demo", "dev", "doctor", "explain", "graph", "id", "list", "new", "show", "test",
}  # fmt: skip
PLAIN_NAMES = {"Generated"}  # what `peers types` has written


def is_known(word: str) -> bool:
    word = word.casefold().removesuffix("'s")
    forms = {word, word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word)}
    return bool(KNOWN & (forms | {word.removesuffix("ed")}))


def test_words_stand_in_their_order_each_once() -> None:
    assert sorted(set(TERMS), key=str.casefold) == TERMS


@pytest.mark.parametrize(("term", "meaning"), ENTRIES, ids=TERMS)
def test_a_word_in_italics_stands_here_too(term: str, meaning: str) -> None:
    words = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", " ".join(meaning.split()))
    assert [word for word in words if not is_known(word)] == []


def test_every_command_has_its_word() -> None:
    rendered = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"^## peers ([\w-]+)$", rendered, re.MULTILINE))
    said = {name for name in commands if is_known(name.replace("-", " "))}
    assert commands - said == PLAIN_COMMANDS | COMMANDS.keys()
    assert all(map(is_known, COMMANDS.values()))


def test_every_public_name_is_made_of_a_word() -> None:
    words = {word for term in KNOWN for word in term.split()}
    public = [
        name
        for statement in ast.parse((ROOT / "peers_runtime" / "__init__.py").read_text(encoding="utf-8")).body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"
        for name in ast.literal_eval(statement.value)
    ]
    assert public
    unknown = {
        name
        for name in public
        if not hasattr(errors, name) and not any(is_known(part) or part in words for part in _parts(name))
    }
    assert unknown == PLAIN_NAMES


def _parts(name: str) -> list[str]:
    """`define_package` and `AppNav` in words, and the whole as one."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return [*(part.casefold() for part in parts), " ".join(parts).casefold()]
