"""The command that opens a file at a line, in the editor that its user has named."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

UNKNOWN: Final = 'set VISUAL or EDITOR to your editor, like: export EDITOR="code"'


def command(environment: Mapping[str, str], path: Path, line: int | None) -> list[str] | None:
    """The words to run; None when neither VISUAL nor EDITOR is set.

    An editor whose way of taking a line is not known opens the file.
    """
    for variable in ("VISUAL", "EDITOR"):
        words = _words(environment.get(variable, ""))
        if words:
            return [*words, *_place(Path(words[0]).stem, str(path), line)]
    return None


def _words(given: str) -> list[str]:
    try:
        return shlex.split(given)
    except ValueError:  # a quote that is not closed; a path with spaces is more likely than a command line
        return [given]


def _place(name: str, path: str, line: int | None) -> list[str]:
    if line is None:
        return [path]
    if name in _PLUS:
        return [f"+{line}", path]
    if name in _GOTO:
        return ["-g", f"{path}:{line}"]
    if name in _COLON:
        return [f"{path}:{line}"]
    if name in _NAMED:
        return ["--line", str(line), path]
    return [path]


_PLUS: Final = frozenset(
    {"vi", "vim", "nvim", "gvim", "nano", "pico", "emacs", "emacsclient", "mg", "joe", "micro", "kak"}
)
_GOTO: Final = frozenset({"code", "code-insiders", "codium", "cursor", "windsurf", "positron"})
_COLON: Final = frozenset({"hx", "helix", "subl", "zed"})
_NAMED: Final = frozenset({"pycharm", "charm", "idea", "kate"})
