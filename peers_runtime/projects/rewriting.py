"""Files of a working copy, replaced and removed together or not at all.

Temporaries are hidden files, which no look at a working copy counts.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from peers_runtime.base import errors
from peers_runtime.projects.survey import is_below, survey_of
from peers_runtime.snapshots import disk

_MODE = 0o644  # of a new file, less what the user's umask takes


def put(folder: str, changes: Mapping[str, bytes | None]) -> None:
    """Give the files below `folder`, by posix path, other content, or remove them where there is none.

    A file that is there keeps its mode; a folder in which nothing is left goes. Durable on return. Raises
    `ProjectNotWritable`; then all is as it was.
    """
    targets = {os.path.join(folder, *path.split("/")): data for path, data in changes.items()}
    before: list[str] = []
    path = folder
    try:
        with contextlib.ExitStack() as undo:
            written: dict[str, str] = {}
            for path, data in targets.items():  # all that takes space, before anything is changed
                if data is not None:
                    disk.make_folders(os.path.dirname(path), undo)
                    written[path] = _written(path, data, undo)
            for path in targets:
                before += _exchange(path, written.get(path), undo)
            for path in targets:
                disk.sync_folder(os.path.dirname(path))
            undo.pop_all()
    except OSError as error:
        raise errors.ProjectNotWritable(
            f"{path} cannot be written: {error.strerror or error}; nothing was changed",
            hint="see to the rights of the user of this process, and to the space on the disk",
            path=path,
        ) from error
    disk.remove(before)
    _remove_empty_folders(folder, [path for path, data in targets.items() if data is None])


def linked(folder: str, package_folder: str, name: str, paths: Iterable[str]) -> Collection[str]:
    """Those of the paths of the import package `name` at which symbolic links lead away or arrive.

    To write there would change other files than the one of that path, perhaps outside of the project.
    """
    survey = survey_of(Path(folder), name)
    base = os.path.realpath(os.path.join(package_folder, name))
    arrived = [root for root in survey.roots if root != base]
    found: set[str] = set()
    for path in paths:
        plain = os.path.join(base, *path.split("/")[1:])
        is_led_to = plain in survey.targets or any(is_below(plain, root) for root in arrived)
        if is_led_to or os.path.realpath(plain) != plain:
            found.add(path)
    return found


def _written(path: str, data: bytes, undo: contextlib.ExitStack) -> str:
    temporary = _hidden_name(path)
    undo.callback(disk.remove, [temporary])
    disk.write_new(temporary, data, _MODE)
    if os.path.lexists(path):
        os.chmod(temporary, _mode(path))
    return temporary


def _exchange(path: str, written: str | None, undo: contextlib.ExitStack) -> list[str]:
    """Put `written` in the place of a file, or remove it; answers where what was there is kept.

    Who looks there meanwhile sees the one file or the other.
    """
    if not os.path.lexists(path):
        if written is not None:
            undo.callback(disk.remove, [path])
            os.replace(written, path)
        return []
    before = _hidden_name(path)
    _keep(path, before)
    undo.callback(_put_back, before, path)
    if written is None:
        os.unlink(path)
    else:
        os.replace(written, path)
    return [before]


def _keep(path: str, name: str) -> None:
    """Give a file another name beside its own, or copy it where the file system has no links."""
    try:
        os.link(path, name)
    except OSError:
        try:
            with open(path, "rb") as file:
                disk.write_new(name, file.read(), _MODE)
            os.chmod(name, _mode(path))
        except OSError:
            disk.remove([name])
            raise


def _put_back(before: str, path: str) -> None:
    try:
        if os.path.exists(path) and os.path.samefile(before, path):  # it was not exchanged
            disk.remove([before])
        else:
            os.replace(before, path)
    except OSError:  # nothing more can be done: what was there lies beside its place
        pass


def _mode(path: str) -> int:
    return os.stat(path).st_mode & 0o7777


def _hidden_name(path: str) -> str:
    folder, name = os.path.split(path)
    return disk.temporary_name(os.path.join(folder, f".{name}"))


def _remove_empty_folders(top: str, removed: Iterable[str]) -> None:
    for path in removed:
        folder = os.path.dirname(path)
        while is_below(folder, top) and os.path.isdir(folder) and not os.listdir(folder):
            disk.remove_empty_folder(folder)
            folder = os.path.dirname(folder)
