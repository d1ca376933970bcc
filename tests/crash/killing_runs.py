"""Kills a run of a workflow at each place that it passes: `python -m tests.crash.killing_runs [URL]`.

Children are killed by the kernel (SIGKILL), then two others resume the run at once and say what came of it.
With a URL, the home has its catalog on that server, and only every third place is tried. Exits with 1 and the
reason when a promise was not kept.
"""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.crash import forks, run_parts, scenes


def main(url: str | None) -> None:
    with tempfile.TemporaryDirectory(dir=forks.MEMORY) as name:
        folder = Path(name)
        os.environ["RUNS_LOG"] = str(folder / "log")
        for module in forks.asked(lambda: run_parts.imported(folder / "tried", folder / "sources")):
            with suppress(ImportError):
                importlib.import_module(module)
        forks.asked(lambda: run_parts.lay(folder / "first", folder / "sources"))
        places = run_parts.PLACES if url is None else run_parts.PLACES[::3]
        for place in places:
            home = folder / "home"
            shutil.rmtree(home, ignore_errors=True)
            if url is None:
                shutil.copytree(folder / "first", home, symlinks=True)
            else:
                scenes.put_on_server(home, url)
                forks.asked(lambda home=home: run_parts.lay(home, folder / "sources"))
            _kill(home, place, folder / "log")
    forks.say({"places": len(places)})


def _kill(home: Path, place: str, log: Path) -> None:
    log.write_text("")
    _, status = os.waitpid(forks.started(lambda: run_parts.killed(home, place)), 0)
    assert os.WIFSIGNALED(status), f"{place}: nobody was killed there"
    assert os.WTERMSIG(status) == signal.SIGKILL
    before = _begun(log)
    other = forks.started(lambda: run_parts.resumed(home))
    told = forks.asked(lambda: run_parts.resumed(home))
    forks.all_succeed([other])
    again = forks.asked(lambda: run_parts.resumed(home))
    assert told == again, f"{place}: resumed again, it says {again}, not {told}"
    [(state, output, run_id, paths)] = told
    assert (state, output) == ("done", run_parts.OUTPUT), f"{place}: {state} {output}"
    expected = Counter(run_parts.BEGUN)
    repeated = _repeated(place)
    if repeated is not None:
        expected[repeated] += 1
    found = _begun(log)
    assert Counter(name for name, _ in found) == expected, f"{place}: {found}, {before} before"
    keys = {name: f"{run_id}/{run_parts.path_of(name)}" for name in expected}
    assert all(key == keys[name] for name, key in found), f"{place}: {found}"
    assert len(set(paths)) == len(paths) == len(run_parts.PATHS), f"{place}: {paths}"


def _repeated(place: str) -> str | None:
    """The tool that had not finished, as far as anybody knows."""
    moment, _, path = place.rpartition(" ")
    if moment not in ("within", "before keeping"):
        return None
    name = path.rpartition("/")[2]
    return name if name in run_parts.BEGUN else None


def _begun(log: Path) -> list[tuple[str, str]]:
    lines = [line.split(" ") for line in log.read_text().splitlines()]
    return [(words[1], words[2]) for words in lines if words[0] == "begun"]


if __name__ == "__main__":
    main(*(sys.argv[1:] or [None]))
