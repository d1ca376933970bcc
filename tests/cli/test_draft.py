"""`peers draft`: what it says to people and programs, and how it fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, UI_ID, Ran

Peers = Callable[..., Ran]
Project = Callable[..., Path]
BOUND = f"""
from peers_runtime import UI

uis = [UI(peers_ui_id="{UI_ID}", name="Plain", content="plain.screen:render", assets=("logo.svg",))]
"""
FILES = {"plain/uis.py": BOUND, "plain/logo.svg": "<svg/>"}


def test_a_draft_is_shown_with_its_components_assets_and_requirements(peers: Peers, project: Project) -> None:
    ran = peers("draft", cwd=project(FILES))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("plain 1.0.0 would be snapshot ")
    for line in (
        f"Plain  {UI_ID}  view  1",
        "logo.svg  plain/logo.svg  Plain      6",
        "Requires of the host: peers-runtime",
    ):
        assert line in ran.out.splitlines()


def test_a_draft_is_what_a_dry_run_of_packing_says(peers: Peers) -> None:
    draft = peers("draft", SAMPLES / "notes-2", "--json").data
    packed = peers("pack", SAMPLES / "notes-2", "--dry-run", "--json").data
    manifest = packed["wheel"]["manifest"]
    for name in ("id", "name", "version", "components", "assets", "requires"):
        assert draft[name] == manifest[name]
    for name in ("changes", "warnings"):
        assert draft[name] == packed[name]


MISTAKES = {
    "draft nothing": (2, "P0101"),
    "draft --version 1": (1, "P0401"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_has_one_coded_answer(peers: Peers, words: str) -> None:
    ran = peers("-c", "acme", *words.split(), "--json")
    assert (ran.code, ran.error["code"]) == MISTAKES[words]
    assert ran.error["hint"]
