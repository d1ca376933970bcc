"""A project from a template: a package of its own from its first moment."""

from __future__ import annotations

import contextlib
import os
import secrets
import time

from peers_runtime.base import errors, ids
from peers_runtime.model.projects import NewProject
from peers_runtime.projects import rewriting, templates


def make(path: str | os.PathLike[str], template: str = "minimal") -> NewProject:
    """Make the folder `path`, whose last part names the package: `my-package` is imported as `my_package`.

    Its ids are fresh. All files are there in the end, or no folder. Raises `InvalidSetting` for an unknown
    template, a name that no package can have, or a folder that is there or lies in one that is not;
    `ReservedName`; and `ProjectNotWritable`.
    """
    folder = os.path.abspath(os.path.expanduser(path))
    name = os.path.basename(folder).replace("-", "_")
    files = templates.files(template, name, make_id)
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
    try:
        os.mkdir(folder)
    except FileExistsError:
        raise errors.InvalidSetting(
            f"{folder} is there already", hint="give a folder that is not there yet", given=folder
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        above = os.path.dirname(folder)
        raise errors.InvalidSetting(
            f"{folder} cannot be made: there is no folder {above}", hint=f"mkdir -p {above}", given=folder
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise errors.ProjectNotWritable(
            f"{folder} cannot be made: {reason}",
            hint="see to the rights of the user of this process, and to the space on the disk",
            path=folder,
        ) from error
