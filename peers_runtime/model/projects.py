"""A project that was made from a template, what is wrong with one, and how its tests went."""

from __future__ import annotations

from typing import Literal

from peers_runtime.model.wire import Record


class NewProject(Record):
    """`name` is the import name; `files` are the paths below the `folder`, which is absolute."""

    folder: str
    name: str
    template: str
    files: tuple[str, ...]


class Problem(Record):
    """An error, for which an installation is refused, or a warning; `name` says the same as the `code`.

    `path` is below the project's folder, or absolute for a file that lies elsewhere.
    """

    code: str
    name: str
    severity: Literal["error", "warning"]
    message: str
    hint: str = ""
    path: str
    line: int = 1
    source: str = ""  # the text of that line


class Checked(Record):
    """A project's folder, which is absolute, and all that was found; `digest` is of the snapshot it would be.

    Name, version and digest are missing where something was wrong before they were known.
    """

    folder: str
    name: str | None = None
    version: str | None = None
    digest: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> int:
        """How many; the others are warnings."""
        return sum(one.severity == "error" for one in self.problems)


class Tested(Record):
    """How many tests of a project ran; `broken` are those that could not run to their end."""

    folder: str
    ran: int
    failed: int
    broken: int
    skipped: int
    took_s: float  # seconds

    @property
    def passed(self) -> int:
        return self.ran - self.failed - self.broken - self.skipped

    @property
    def is_good(self) -> bool:
        """Whether there is a test, and none that failed."""
        return self.ran > 0 and not self.failed and not self.broken
