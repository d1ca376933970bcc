"""Pickles in a process that was told of a home and of nothing else."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

from peers_runtime import Runtime

ROOT = Path(__file__).parents[2]
PROGRAM = """
import pickle, sys
loaded = [pickle.loads(data) for data in pickle.load(sys.stdin.buffer)]
print([note.title for note in loaded], len({type(note) for note in loaded}))
print("runtimes", sum(type(thing).__name__ == "Runtime" for thing in __import__("gc").get_objects()))
"""


def test_a_worker_opens_the_home_and_loads_what_a_pickle_names(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime:
        for context, folder in (("acme", "notes-1"), ("globex", "notes-2")):
            runtime.contexts.create(context)
            runtime.install(str(ROOT / "sample_packages" / folder), context=context)
        kinds = [
            runtime.context("acme").module("notes.store").Note,
            runtime.context("globex").module("notes.store.rows").Note,
        ]
        notes = [kind.model_construct(title=title) for kind, title in zip(kinds, "ab", strict=True)]
        data = pickle.dumps([pickle.dumps(note) for note in notes])
        assert os.environ["PEERS_HOME"] == str(tmp_path / "home")
        run = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=data,
            cwd=ROOT,
            capture_output=True,
            timeout=100,
            check=False,
        )
    assert (run.stdout.decode().splitlines(), run.stderr.decode()) == (["['a', 'b'] 2", "runtimes 1"], "")


def test_a_worker_without_a_home_says_what_is_missing() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PEERS_HOME"}
    run = subprocess.run(
        [sys.executable, "-c", "import peers_packages.notes_1_0_0_0123456789ab.notes"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "no package version with the tag 'notes_1_0_0_0123456789ab'" in run.stderr
    assert "PEERS_HOME" in run.stderr
