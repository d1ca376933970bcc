"""A signal ends `peers dev` even when the interrupt is lost where it arrives."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.cli.running import ROOT

LOST = """
import signal, sys
from peers_runtime.cli.dev.session import Session
from peers_runtime.cli.main import main

class LosesIt:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)

def show_and_finalize(session, show=Session.show):
    show(session)
    if not lost:
        LosesIt()

lost = []
Session.show = show_and_finalize
sys.unraisablehook = lambda it: lost.append(it.exc_type)
code = main(sys.argv[1:])
print(lost, code)
"""


def test_an_interrupt_that_a_finalizer_swallowed_is_not_lost(
    home: Path, project: Callable[..., Path]
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOST, "--home", str(home), "dev", str(project())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f"[<class 'KeyboardInterrupt'>] {128 + signal.SIGTERM}" in ran.stdout, (ran.stdout, ran.stderr)
