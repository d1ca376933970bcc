"""The command line starts quickly: it imports what a command needs when it needs it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

from tests.cli.running import run_peers

HEAVY = ("pydantic", "sqlalchemy", "alembic", "pluggy", "jsonschema", "rich", "asyncio", "importlib.metadata")
LOADED = """
import io, json, sys
from contextlib import redirect_stdout
from peers_runtime.cli.main import main
with redirect_stdout(io.StringIO()):
    main(sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
"""


def loaded_by(*words: str) -> set[str]:
    run = subprocess.run([sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


def test_help_imports_neither_the_runtime_nor_any_command() -> None:
    loaded = loaded_by("--help")
    assert loaded.isdisjoint(HEAVY)
    assert not [
        name for name in loaded if name.startswith(("peers_runtime.cli.commands", "peers_runtime.host"))
    ]


def test_an_id_and_an_explanation_need_no_runtime() -> None:
    for words in (("id",), ("explain", "P0203")):
        loaded = loaded_by(*words)
        assert loaded.isdisjoint(HEAVY)
        assert "peers_runtime.host" not in loaded


def test_help_takes_less_than_150_milliseconds_of_the_processor() -> None:
    """The processor's time, so that it does not matter what else the machine does."""

    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run_peers("--help").code == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(8)) < 0.150
