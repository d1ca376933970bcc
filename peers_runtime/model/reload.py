"""What the dev loop says of one change: what came of it, how long each step took, what is wrong."""

from __future__ import annotations

from enum import StrEnum

from peers_runtime.model.wire import Record


class Outcome(StrEnum):
    """What came of a change."""

    ACTIVE = "active"  # the new code runs
    UNCHANGED = "unchanged"  # what runs is what the files say
    FAILED = "failed"  # the previous version serves, if there was one


class Phase(StrEnum):
    """The steps of a change, in order; a failure before `keep` leaves everything as it was."""

    SETTLE = "settle"
    CAPTURE = "capture"
    COMPILE = "compile"
    EXECUTE = "execute"
    CHECK = "check"
    SWITCH = "switch"
    KEEP = "keep"


class Took(Record):
    """Seconds. `total_s` is from the first notice to the moment when new calls run the new code."""

    settle_s: float = 0.0
    capture_s: float = 0.0
    compile_s: float = 0.0  # without what was compiled ahead, while the files settled
    execute_s: float = 0.0
    check_s: float = 0.0
    switch_s: float = 0.0
    total_s: float = 0.0
    keep_s: float = 0.0  # writing snapshot and catalog, after the switch


class FileChange(Record):
    """A file that differs from the version before: `pyproject.toml`, or one of the import package."""

    path: str
    added: int  # lines; of a file that is no text both are 0
    removed: int


class Fault(Record):
    """An error as text: nothing of the version that raised it is held."""

    code: str
    message: str
    hint: str = ""
    phase: Phase
    path: str | None = None  # absolute
    line: int | None = None
    source: str = ""  # the text of that line
    still: str = ""  # what serves meanwhile, as "notes 2.0.0"


class Reload(Record):
    """One change of a working copy. `at` is ISO 8601 in UTC."""

    outcome: Outcome
    at: str
    name: str
    version: str = ""
    digest: str = ""  # of the snapshot that runs now; empty when none does
    contexts: tuple[str, ...] = ()
    files: tuple[FileChange, ...] = ()
    took: Took = Took()
    fault: Fault | None = None
    remarks: tuple[str, ...] = ()  # what went wrong and did not stop the change
