"""Whether a version control system is at work on some folders, by the locks that it holds meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterable


def lock(folders: Iterable[str]) -> str | None:
    """The lock file of the repository around one of `folders` (absolute), when there is one.

    Git holds `index.lock` and Mercurial `wlock` for as long as they write files. A lock that a crash left
    behind counts too: nobody can tell, and Git itself goes no further.
    """
    seen: set[str] = set()
    for folder in folders:
        while folder not in seen:
            seen.add(folder)
            found = _locks(folder)
            if found is not None:
                held = [path for path in found if os.path.lexists(path)]  # Mercurial's is a dangling link
                if held:
                    return held[0]
                break
            folder = os.path.dirname(folder)
    return None


def _locks(folder: str) -> list[str] | None:
    """Where the locks of the repository lie whose root is `folder`; None when it is no root."""
    git, mercurial = os.path.join(folder, ".git"), os.path.join(folder, ".hg")
    if os.path.isdir(git):
        return [os.path.join(git, "index.lock")]
    if os.path.isfile(git):  # a worktree or a submodule: the file names the real folder
        return [os.path.join(_git_folder(git), "index.lock")]
    if os.path.isdir(mercurial):
        return [os.path.join(mercurial, "wlock")]
    return None


def _git_folder(file: str) -> str:
    try:
        with open(file, encoding="utf-8") as lines:
            where = lines.readline().removeprefix("gitdir:").strip()
    except (OSError, ValueError):
        return file
    return os.path.normpath(os.path.join(os.path.dirname(file), where))
