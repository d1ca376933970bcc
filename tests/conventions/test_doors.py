"""Whatever can be done with a package can be done through every door, or it is said why not."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.host import platform
from peers_runtime.web import acts

ROOT = Path(__file__).parents[2]
ACTS = sorted(
    name
    for name, method in inspect.getmembers(Runtime, inspect.isfunction)
    if "dry_run" in inspect.signature(method).parameters and "context" in inspect.signature(method).parameters
)
SOURCES = {
    "cli": ROOT / "peers_runtime" / "cli" / "commands",
    "mcp": ROOT / "peers_runtime" / "mcp",
    "web": ROOT / "peers_runtime" / "web",
}
NOT_IN_A_BROWSER = {
    "add_packages": "edits an author's project",
    "install_all": "its form takes one source at a time",
    "pack": "reads an author's project",
    "publish_key": "makes a key on a device, which its owner asks for there",
    "remove_packages": "edits an author's project",
    "require": "takes what the host ships, which the host asks for",
    "update_packages": "edits an author's project",
}
NOT_ON_A_TERMINAL = {"require": "takes what the host ships, which the host asks for"}


def called(door: str) -> set[str]:
    """The methods that a door calls on a runtime, wherever in an expression."""
    return {
        node.attr
        for path in SOURCES[door].rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }


def operations(door: str) -> set[str]:
    """Those that a door calls itself."""
    return {
        name.name
        for path in SOURCES[door].rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "peers_runtime.operations"
        for name in node.names
    }


@pytest.mark.parametrize("name", ACTS)
def test_every_act_is_on_the_command_line(name: str) -> None:
    if name not in NOT_ON_A_TERMINAL:
        assert {name, name.removesuffix("_all"), f"{name}_all"} & called("cli")


@pytest.mark.parametrize("name", ACTS)
def test_every_act_is_in_the_console(name: str) -> None:
    if name not in NOT_IN_A_BROWSER:
        assert name in called("web")


def test_reasons_are_for_what_there_is() -> None:
    assert not (NOT_IN_A_BROWSER.keys() | NOT_ON_A_TERMINAL.keys()) - set(ACTS)


def test_the_console_acts_through_the_runtime_alone() -> None:
    """Of operations its pages use what looks; whatever changes something is a method of the runtime."""
    looks = {"access", "assets", "contexts", "contracts", "drawing", "earlier", "graph", "inspect"}
    assert operations("web") <= looks
    assert not {"create", "choose_provider", "catalog"} & called("web")
    assert all(callable(deed.run) for deed in acts.DEEDS.values())


def test_an_mcp_client_acts_through_tools_alone() -> None:
    """Those of the platform are one operation each, which judges the role and has a dry run."""
    assert not operations("mcp")
    assert not set(ACTS) & called("mcp")
    for model in (platform.PromotePackageVersion, platform.SetActivePackageVersion):
        assert "dry_run" in model.model_fields
