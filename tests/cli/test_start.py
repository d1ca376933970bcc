"""The command line starts quickly: it imports what a command needs when it needs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HEAVY = (
    "pydantic",
    "sqlalchemy",
    "alembic",
    "pluggy",
    "jsonschema",
    "rich",
    "asyncio",
    "importlib.metadata",
    "traceback",
)
HELPS = """
import io, json, sys
from contextlib import redirect_stdout
import click
from peers_runtime.cli.main import main, peers

def helps(command, words):
    before = set(sys.modules)
    with redirect_stdout(io.StringIO()) as said:
        code = main([*words, "--help"])
    told = {"code": code, "said": said.getvalue(), "loaded": sorted(set(sys.modules) - before)}
    found = {" ".join(words): told}
    if isinstance(command, click.Group):
        for name in command.list_commands(None):
            found |= helps(command.get_command(None, name), [*words, name])
    return found

print(json.dumps(helps(peers, [])))
"""
NOT_FOR_A_HELP = ("dataclasses", "json", "pathlib", "shutil")  # each costs a twentieth of one
LOADED = """
import io, sys
from contextlib import redirect_stdout
from peers_runtime.cli.main import main
with redirect_stdout(io.StringIO()):
    main(sys.argv[1:])
print(*sorted(sys.modules))
"""


def loaded_by(*words: str) -> set[str]:
    run = subprocess.run([sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_help_imports_neither_the_runtime_nor_any_command() -> None:
    loaded = loaded_by("--help")
    assert loaded.isdisjoint((*HEAVY, *NOT_FOR_A_HELP))
    assert not [
        name for name in loaded if name.startswith(("peers_runtime.cli.commands", "peers_runtime.host"))
    ]


def test_the_help_of_no_command_imports_the_runtime() -> None:
    run = subprocess.run([sys.executable, "-c", HELPS], capture_output=True, text=True, check=True)
    helps = json.loads(run.stdout)
    assert {"", "new", "tools run", "mcp config", "deps add", "serve"} <= helps.keys()
    for words, told in helps.items():
        assert (told["code"], words in told["said"]) == (0, True), words
        loaded = set(told["loaded"])
        assert not loaded & {*HEAVY, "mcp", "starlette", "watchfiles", "tomlkit"}, words
        assert not [
            name for name in loaded if name.startswith(("peers_runtime.host", "peers_runtime.catalog"))
        ]


def test_an_id_and_an_explanation_need_no_runtime() -> None:
    for words in (("id",), ("explain", "P0203")):
        loaded = loaded_by(*words)
        assert loaded.isdisjoint(HEAVY)
        assert "peers_runtime.host" not in loaded


def test_a_look_imports_nothing_that_only_acts_and_other_catalogs_need(home: Path) -> None:
    loaded = loaded_by("--home", str(home), "versions", "notes", "-c", "acme")
    assert "sqlalchemy" in loaded
    assert loaded.isdisjoint(
        {"alembic", "packaging", "urllib.request", "sqlalchemy.dialects.postgresql", "pluggy", "jsonschema"}
    )
