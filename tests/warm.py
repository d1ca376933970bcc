"""`peers` in children of a process that has imported what most commands need, so that each need not.

A child is a process like any other, with its words, environment, folder, streams and exit code. What is not
as in a new one: modules are there already, sets have one order, and memory is not taken apart at the end.
"""

from __future__ import annotations

import atexit
import functools
import importlib
import json
import os
import resource
import runpy
import select
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).parents[1]
MAIN = "peers_runtime.cli.main"
COMMANDS = (  # what these import, the others do, too
    *("contexts create acme", "install sample_packages/notes-1 -c acme", "install sample_packages/charts"),
    *("list -c acme --json", "versions notes -c acme", "show notes -c acme", "tools list -c acme"),
    *("promote notes 1.0.0 stable -c acme", "vars list -c acme", "doctor", "prune", "explain P0304"),
    *("check sample_packages/notes-1", "graph -c acme", "no-such-command"),
)
STREAMS = ("stdin", "stdout", "stderr")


class Parent:
    """The process whose children are `peers`; it ends with this one."""

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="peers-warm-")
        self._given = _inherited(os.environ)
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(
        self,
        words: Sequence[str],
        stdin: str,
        env: Mapping[str, str],
        cwd: Path,
        patience_s: float,
        *,
        is_script: bool = False,
    ) -> tuple[int, str, str] | None:
        """Exit code and what was said on both streams; None when it is not for such a child to say.

        `is_script`: as the installed script, which does not import from the current folder as `python -m`
        does, and both streams are the first one.
        """
        if _inherited(env) != self._given or not self._busy.acquire(blocking=False):
            return None
        try:
            files = [Path(self._folder.name, name) for name in STREAMS]
            for file, text in zip(files, (stdin, "", ""), strict=True):
                file.write_text(text, encoding="utf-8")
            where = {"cwd": str(cwd), "path": str(Path(sys.executable).parent if is_script else cwd)}
            to = [files[0], files[1], files[1 if is_script else 2]]
            asked = {"words": words, "env": dict(env), "files": [*map(str, to)], **where}
            code = self._answer(json.dumps(asked), patience_s)
            return code, *(file.read_text(encoding="utf-8") for file in files[1:])
        finally:
            self._busy.release()

    def close(self) -> None:
        for pipe in self._pipes():
            pipe.close()
        self._process.wait()
        self._folder.cleanup()

    def _answer(self, asked: str, patience_s: float) -> int:
        to, said = self._pipes()
        to.write(f"{asked}\n".encode())
        to.flush()
        child = int(said.readline())
        if not select.select([said], [], [], patience_s)[0]:
            os.kill(child, signal.SIGKILL)
            said.readline()
            raise subprocess.TimeoutExpired(asked, patience_s)
        return int(said.readline())

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout


@functools.cache
def parent() -> Parent:
    """The one of this process."""
    made = Parent()
    atexit.register(made.close)
    return made


def _inherited(env: Mapping[str, str]) -> object:
    """What a process has from its start on: what Python reads then, and what the system lets it do."""
    limits = [
        resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")
    ]
    names = ("PYTHON", "LC_", "LANG", "COV")
    return limits, {name: value for name, value in env.items() if name.startswith(names)}


# ── in the process itself ────────────────────────────────────────────────────────────────────────────


def serve() -> None:
    """Answers lines that ask for a child with its process id and its exit code. Returns in the child."""
    asking, answering = os.dup(0), os.dup(1)
    with open(os.devnull, "r+b", buffering=0) as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    for name in _imported():
        with suppress(ImportError):
            importlib.import_module(name)
    with os.fdopen(asking, "rb") as lines, os.fdopen(answering, "wb", buffering=0) as answers:
        while line := lines.readline():
            child = os.fork()
            if not child:
                _become(json.loads(line))
                return
            answers.write(f"{child}\n".encode())
            answers.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n".encode())
    sys.exit()


def _become(asked: Mapping[str, Any]) -> None:
    """What a process would be that was started so."""
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for number, path in enumerate(asked["files"]):
        file = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    sys.argv[1:] = asked["words"]
    sys.path[0] = asked["path"]
    importlib.invalidate_caches()


def _imported() -> list[str]:
    """The modules that commands import, as a child of their own tells."""
    reading, writing = os.pipe()
    if child := os.fork():
        os.close(writing)
        with os.fdopen(reading, "rb") as said:
            found: list[str] = json.load(said)
        assert os.waitpid(child, 0)[1] == 0
        return found
    with tempfile.TemporaryDirectory() as folder, os.fdopen(writing, "w") as telling:
        os.dup2(1, 2)  # what they say is nobody's business
        main = importlib.import_module(MAIN).main
        for command in COMMANDS:
            main(["--home", f"{folder}/home", *command.split()])
        ours = {"__main__", MAIN, "peers_packages", "notes", "charts"}
        json.dump([name for name in sys.modules if not ours & {name, name.partition(".")[0]}], telling)
    os._exit(0)


def _end() -> NoReturn:
    """Runs the command, and then what Python does at its end but for taking all modules apart."""
    code = 1
    try:
        runpy.run_module(MAIN, run_name="__main__", alter_sys=True)
    except SystemExit as stopped:
        code = stopped.code if isinstance(stopped.code, int) else int(stopped.code is not None)
    except BaseException:
        traceback.print_exc()
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
    _end()
