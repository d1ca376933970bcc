"""`peers show`: what a version holds and resolves to, the same for ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import UI_ID, Ran

Peers = Callable[..., Ran]
Project = Callable[..., Path]
BOUND = f"""
from peers_runtime import UI

uis = [UI(peers_ui_id="{UI_ID}", name="Plain", content="plain.screen:render", assets=("logo.svg",))]
"""
FILES = {"plain/uis.py": BOUND, "plain/logo.svg": "<svg/>"}


def test_a_version_is_shown_by_its_name_and_resolved(peers: Peers, project: Project) -> None:
    assert peers("install", project(FILES), "-c", "acme").code == 0
    shown = peers("show", "plain@1.0.0", "-c", "acme", "--json").data["manifest"]
    assert shown["assets"] == shown["compiled"]["assets"]["Plain"]
    assert shown["compiled"]["components"]["Plain"]["module"] == "plain.screen"
    words = ("show", "plain@1.0.0", "--resolved", "-c", "acme")
    data = peers(*words, "--json").data
    assert data == {name: shown[name] for name in ("id", "version", "components", "assets")}
    assert peers(*words, "--dependencies", "--json").data == {**data, "dependencies": {}}
    text = peers(*words, "--dependencies").out.splitlines()
    assert text[0] == f"version 1.0.0, snapshot {shown['id']}"
    assert text[-2:] == ["Dependencies", "none"]


def test_no_edit_and_no_later_release_changes_a_byte_of_what_a_version_is(
    peers: Peers, project: Project
) -> None:
    folder = project(FILES)
    assert peers("install", folder, "-c", "acme").code == 0
    assert peers("promote", "plain", "1.0.0", "--to", "stable", "-c", "acme").code == 0

    def told() -> tuple[str, str]:
        shown = peers("show", "plain@1.0.0", "--json", "-c", "acme").out
        resolved = peers("show", "plain@1.0.0", "--resolved", "--dependencies", "--json", "-c", "acme").out
        return shown[shown.index('"manifest"') :], resolved

    before = told()
    (folder / "plain" / "logo.svg").unlink()
    (folder / "plain" / "uis.py").write_text(BOUND.replace("logo.svg", "routes.py"))
    pyproject = folder / "pyproject.toml"
    pyproject.write_text(
        pyproject.read_text()
        .replace("1.0.0", "1.1.0")
        .replace('["peers-runtime"', '["pluggy", "peers-runtime"')
    )
    assert peers("install", folder, "-c", "acme").code == 0
    assert peers("promote", "plain", "1.1.0", "--to", "stable", "-c", "acme").code == 0
    assert told() == before


MISTAKES = {
    "show notes@9.9.9": (2, "P0405"),
    "show notes@": (2, "P0405"),
    "show notes@1.0.0 --dependencies": (2, "P0901"),
    "show nothing --resolved": (2, "P0404"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_has_one_coded_answer(peers: Peers, words: str) -> None:
    ran = peers("-c", "acme", *words.split(), "--json")
    assert (ran.code, ran.error["code"]) == MISTAKES[words]
    assert ran.error["hint"]
