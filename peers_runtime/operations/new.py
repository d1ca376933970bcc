"""A project from a template: a package of its own from its first moment."""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import time

from peers_runtime.base import errors, ids
from peers_runtime.model.projects import NewProject
from peers_runtime.projects import rewriting, templates


def make(path: str | os.PathLike[str], template: str = "minimal", *, dry_run: bool = False) -> NewProject:
    """Make the folder `path`, whose last part names the package: `my-package` is imported as `my_package`.

    Its ids are fresh. All files are there in the end, or no folder; with `dry_run` no folder. Raises
    `InvalidSetting` for an unknown template, a name that no package can have, or a folder that is there or
    lies in one that is not; `ReservedName`; and `ProjectNotWritable`.
    """
    folder = os.path.abspath(os.path.expanduser(path))
    name = os.path.basename(folder).replace("-", "_")
    files = templates.files(template, name, make_id)
    if dry_run:
        _look(folder)
    else:
        _make(folder)
        try:
            rewriting.put(folder, files)
        except BaseException:
            with contextlib.suppress(OSError):  # what cannot be removed is said already
                os.rmdir(folder)
            raise
    return NewProject(folder=folder, name=name, template=template, files=tuple(sorted(files)))


def make_id() -> str:
    """A fresh permanent id."""
    return ids.make(time.time_ns() // 1_000_000, secrets.randbits(83))


def _make(folder: str) -> None:
    _look(folder)
    try:
        os.mkdir(folder)
    except FileExistsError:
        raise _there(folder) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise errors.ProjectNotWritable(
            f"{folder} cannot be made: {reason}",
            hint="see to the rights of the user of this process, and to the space on the disk",
            path=folder,
        ) from error


def _look(folder: str) -> None:
    above = os.path.dirname(folder)
    if os.path.lexists(folder):
        raise _there(folder)
    if not os.path.isdir(above):
        raise errors.InvalidSetting(
            f"{folder} cannot be made: there is no folder {above}",
            hint=f"mkdir -p {shlex.quote(above)}",
            given=folder,
        )


def _there(folder: str) -> errors.InvalidSetting:
    return errors.InvalidSetting(
        f"{folder} is there already", hint="give a folder that is not there yet", given=folder
    )
