"""Every way in which editors, tools and people put new text into a file.

A saver is `save(path, text)`; `STYLES` has them by name. The pauses are part of a style. `another_process`
runs one where a file that is held open must be held by another process.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

Save = Callable[[str, str], None]


def in_place(path: str, text: str) -> None:
    """VS Code, nano, `echo >`: truncate and write in one go."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def slowly(path: str, text: str, pause_s: float) -> None:
    """A generator that flushes statement by statement: what lies on disk meanwhile is valid Python."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        for part in _parts(text):
            os.write(descriptor, part.encode())
            time.sleep(pause_s)  # the slowness that is tried
    finally:
        os.close(descriptor)


def truncate_then_write(path: str, text: str, pause_s: float = 0.04) -> None:
    """Two opens: the file is empty and closed for a moment."""
    os.close(os.open(path, os.O_WRONLY | os.O_TRUNC))
    time.sleep(pause_s)  # the moment that is tried
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def vim(path: str, text: str) -> None:
    """Vim with `backup`: the old file becomes `path~`, a new one is written and synced."""
    folder = os.path.dirname(path)
    probe = os.path.join(folder, "4913")
    os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
    os.unlink(probe)
    os.rename(path, path + "~")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    os.write(descriptor, text.encode())
    os.fsync(descriptor)
    os.close(descriptor)
    os.chmod(path, 0o644)
    os.unlink(path + "~")


def pycharm(path: str, text: str) -> None:
    """JetBrains' "safe write"."""
    fresh, old = path + "___jb_tmp___", path + "___jb_old___"
    with open(fresh, "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path, old)
    os.rename(fresh, path)
    os.unlink(old)


def rename_over(path: str, text: str) -> None:
    """Emacs, sed -i, black, most careful programs: write beside, sync, replace."""
    fresh = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.new")
    with open(fresh, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def unlink_and_create(path: str, text: str, pause_s: float = 0.03) -> None:
    """The file is missing for a moment."""
    os.unlink(path)
    time.sleep(pause_s)  # the moment that is tried
    in_place(path, text)


def swap_link(path: str, text: str) -> None:
    """`path` becomes a symbolic link to a new hidden file, as tools do that keep every generation."""
    folder, name = os.path.split(path)
    generation = os.path.join(folder, f".{name}.{time.monotonic_ns()}")
    in_place(generation, text)
    link = generation + ".link"
    os.symlink(os.path.basename(generation), link)
    os.replace(link, path)


STYLES: Mapping[str, Save] = {
    "in place": in_place,
    "slowly, 20 ms": partial(slowly, pause_s=0.020),
    "slowly, 60 ms": partial(slowly, pause_s=0.060),
    "slowly, 150 ms": partial(slowly, pause_s=0.150),
    "truncate, then write": truncate_then_write,
    "vim": vim,
    "PyCharm": pycharm,
    "rename over": rename_over,
    "unlink and create": unlink_and_create,
    "link swap": swap_link,
}
# how long each pauses, all in all: a save that took much longer was held up by the machine
PAUSES_S: Mapping[str, float] = dict.fromkeys(STYLES, 0.0) | {
    "slowly, 20 ms": 0.06,
    "slowly, 60 ms": 0.18,
    "slowly, 150 ms": 0.45,
    "truncate, then write": 0.04,
    "unlink and create": 0.03,
}
# Where nobody can tell whether a file is open, a pause that is longer than the quiet time looks like its end.
UNSURE_STYLES = {name: save for name, save in STYLES.items() if name != "slowly, 150 ms"}


def module(value: int, lines: int = 4) -> str:
    """The text of a module that is valid Python after each of its lines, and whole only after the last."""
    return "".join(f"line_{number} = {value}\n" for number in range(lines)) + f"WHOLE = {value}\n"


@contextlib.contextmanager
def another_process(style: str, path: str, text: str) -> Iterator[subprocess.Popen[str]]:
    """Saves in a process of its own, while the block runs; waits for its end."""
    with subprocess.Popen(
        [sys.executable, __file__, style, path], stdin=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        process.stdin.write(text)
        process.stdin.close()
        yield process
    assert process.returncode == 0


def repository(folder: Path, branches: Mapping[str, Mapping[str, str]]) -> None:
    """A Git repository in `folder`: branch -> path -> text. The first branch is checked out.

    What lies in the folder already is part of every branch.
    """
    git(folder, "init", "-q", "-b", "base")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", "base")
    for name, files in branches.items():
        git(folder, "checkout", "-q", "base")
        git(folder, "checkout", "-q", "-b", name)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        git(folder, "add", "--all")
        git(folder, "commit", "-q", "-m", name)
    git(folder, "checkout", "-q", next(iter(branches)))


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run([shutil.which("git") or "git", *who, *arguments], cwd=folder, check=True, timeout=60)


def _parts(text: str) -> list[str]:
    """Three parts, cut at the ends of lines."""
    lines = text.splitlines(keepends=True)
    third = max(1, len(lines) // 3)
    return ["".join(part) for part in (lines[:third], lines[third : 2 * third], lines[2 * third :]) if part]


if __name__ == "__main__":
    STYLES[sys.argv[1]](sys.argv[2], sys.stdin.read())
