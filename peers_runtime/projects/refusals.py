"""Why a wheel that is read as hostile is refused: each rule has a name that programs can compare."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import Literal

from peers_runtime.base import errors

Rule = Literal[
    # the archive as a whole
    "end-record",
    "trailing-bytes",
    "leading-bytes",
    "gap",
    "overlap",
    "multi-disk",
    "zip64",
    "count",
    "total-size",
    "changed",
    # the headers of an entry
    "central-header",
    "local-header",
    "version",
    "encrypted",
    "data-descriptor",
    "flags",
    "method",
    "timestamp",
    "extra-field",
    "comment",
    "link",
    "folder",
    "attributes",
    # the content of an entry
    "file-size",
    "packed-size",
    "ratio",
    "deflate",
    "size",
    "checksum",
    # the name of an entry
    "name-encoding",
    "name-flag",
    "name-length",
    "name-depth",
    "name-character",
    "name-normalisation",
    "name-ending",
    "reserved-name",
    "absolute-path",
    "path",
    "duplicate",
    "case-collision",
    "file-and-folder",
    # RECORD
    "dist-info",
    "record-absent",
    "record-syntax",
    "record-twice",
    "record-unlisted",
    "record-missing",
    "record-algorithm",
    "record-digest",
    "record-size",
    "record-itself",
    # the manifest, and the metadata beside it
    "metadata-absent",
    "dist-info-name",
    "stray-file",
    "manifest-absent",
    "manifest-syntax",
    "manifest-differs",
    # the private distributions that are carried along
    "private-absent",
    "private-misfit",
]

_SHOWN = 200  # characters of an entry's name


class Broken(Exception):
    """A rule is broken by `entry`, or by the archive when that is None; `text` goes on from its name.

    Known in this room only: the modules that read turn it into `BadWheel`.
    """

    def __init__(self, rule: Rule, text: str, entry: str | None = None) -> None:
        super().__init__(rule, text, entry)
        self.rule: Rule = rule
        self.text = text
        self.entry = entry


@contextlib.contextmanager
def reading(where: str) -> Generator[None]:
    """What is `Broken` meanwhile is raised as a `BadWheel` whose facts are `path`, `entry` and `rule`."""
    try:
        yield
    except Broken as broken:
        raise _bad(
            f"{where} is not a wheel that can be read",
            broken,
            hint="pack it again, or get it again from where it was published",
            path=where,
        ) from None


@contextlib.contextmanager
def writing() -> Generator[None]:
    """As `reading`, for files that no archive may hold."""
    try:
        yield
    except Broken as broken:
        raise _bad(
            "the wheel cannot be written", broken, hint="rename or leave out what is named", path=""
        ) from None


def _bad(opening: str, broken: Broken, hint: str, path: str) -> errors.BadWheel:
    entry = broken.entry or ""
    shown = entry if len(entry) <= _SHOWN else f"{entry[:_SHOWN]}…"
    subject = "it" if broken.entry is None else f"the entry {shown!r}"
    return errors.BadWheel(
        f"{opening}: {subject} {broken.text} ({broken.rule})",
        hint=hint,
        path=path,
        entry=broken.entry,
        rule=broken.rule,
    )
