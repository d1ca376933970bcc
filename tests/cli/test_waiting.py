"""A person who waits sees a bar, which goes when it is done; a file and a pipe get none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from peers_runtime.cli import waiting
from tests.cli.running import run_peers
from tests.cli.started import ENDED, PEERS, on_terminal

SLOW = """
import time
from pathlib import Path

while not Path({seen!r}).exists():
    time.sleep(0.05)  # a file tells nobody that it is there
"""
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"  # what a bar does to the cursor


@pytest.fixture
def slow(project: Callable[..., Path], tmp_path: Path) -> Path:
    """A project whose code runs until the file `seen` is there."""
    package = "from peers_runtime import define_package\n" + SLOW.format(seen=str(tmp_path / "seen"))
    definition = '\n@define_package\ndef package(pkg):\n    pkg.package_id = "0mwqffjy66ljt95on2890q001"\n'
    return project({"plain/package.py": package + definition})


def test_what_takes_long_has_a_bar_until_it_is_done(slow: Path, tmp_path: Path) -> None:
    words = [*PEERS, "--home", tmp_path / "home", "install", slow]
    with on_terminal(words) as started:
        started.expect(r"━.* 0:00:0[1-9] installing /")
        (tmp_path / "seen").touch()
        started.expect("installed and activated plain 1.0.0 in personal")
        started.expect(ENDED)
    assert started.text.count(HIDDEN) == started.text.count(SHOWN) == 1
    assert "\x1b[2K" in started.text[started.text.rindex(SHOWN) - 20 :]  # the bar's line is empty again


@pytest.mark.parametrize("words", [(), ("--json",), ("-v",)])
def test_what_is_no_terminal_gets_none(
    project: Callable[..., Path], tmp_path: Path, words: tuple[str, ...]
) -> None:
    # there is nothing to wait for: the installation is to last until a bar would have been shown
    lasting = project(
        {"plain/routes.py": f"import time\ntime.sleep({waiting._SHORT_S + 0.5})\nroutes = []\n"}
    )
    ran = run_peers("--home", tmp_path / "home", "install", lasting, *words)
    assert (ran.code, ran.err) == (0, f"installing {lasting}\n" if words == ("-v",) else "")
