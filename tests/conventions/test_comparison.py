"""Each cell of the comparison with others leads to what it rests on, and what is here exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from markdown import Markdown

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "comparison.md"
TEXT = PAGE.read_text(encoding="utf-8")
SYSTEMS = ["peers_runtime", "pluggy", "stevedore", "npe2", "hmr", "OSGi"]
COMMANDS = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")  # rendered from the code
DEFINED = dict(re.findall(r"^\[([\w-]+)\]: (\S+)$", TEXT, re.MULTILINE))
_LINK = re.compile(r"\[[^\]]+\](?:\((?P<target>[^)]+)\)|\[(?P<name>[\w-]+)\])")
_COMMAND = re.compile(r"`((?:peers|pytest|make|python) [^`]+)`")


def cells() -> Iterator[tuple[str, str, str]]:
    """What is compared, whose cell it is, and what it says."""
    for line in TEXT.splitlines():
        if line.startswith("| ") and not line.startswith("| | "):
            what, *values = [cell.strip() for cell in line.strip("|").split(" | ")]
            assert len(values) == len(SYSTEMS), line
            yield from ((what, system, value) for system, value in zip(SYSTEMS, values, strict=True))


CELLS = list(cells())


def test_the_tables_name_the_systems_in_one_order() -> None:
    heads = re.findall(r"^\| \| (.+) \|$", TEXT, re.MULTILINE)
    assert heads
    assert {tuple(head.split(" | ")) for head in heads} == {tuple(SYSTEMS)}


@pytest.mark.parametrize(
    ("what", "system", "cell"), CELLS, ids=[f"{system}, {what}" for what, system, _ in CELLS]
)
def test_a_cell_leads_to_the_source_or_the_command_behind_it(what: str, system: str, cell: str) -> None:
    links = [match["target"] or DEFINED[match["name"]] for match in _LINK.finditer(cell)]
    commands = _COMMAND.findall(cell)
    assert links or commands
    for command in commands:
        _assert_exists(command)
    for link in links:
        if link.startswith(("https://", "http://")):
            assert system != "peers_runtime", "what is ours is shown by what is here"
        else:
            file, _, anchor = link.partition("#")
            page = (PAGE.parent / file).resolve() if file else PAGE
            assert not anchor or anchor in anchors(page), link
            assert page.is_file(), link


def test_every_address_is_used_and_of_its_system() -> None:
    used = {match["name"] for match in _LINK.finditer(TEXT)} - {None}
    assert used == set(DEFINED)
    for what, system, cell in CELLS:
        owners = {match["name"].partition("-")[0] for match in _LINK.finditer(cell) if match["name"]}
        assert owners <= {system.lower()}, (what, system)


@cache
def anchors(page: Path) -> frozenset[str]:
    """Of the page's headings, as the site has them."""
    reader = Markdown(extensions=["toc", "pymdownx.superfences"])
    return frozenset(re.findall(r'<h\d id="([^"]+)"', reader.convert(page.read_text(encoding="utf-8"))))


def _assert_exists(command: str) -> None:
    program, *words = shlex.split(command)
    if program == "peers":
        assert words == ["--version"] or f"\n## peers {words[0]}\n" in COMMANDS, command
    elif program == "pytest":
        assert (ROOT / words[-1]).exists(), command
    else:
        raise AssertionError(f"how is it known that this exists: {command}")
