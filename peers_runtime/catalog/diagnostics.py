"""What went wrong and was not raised: JSON lines in the home, for every process and for `peers doctor`.

Light until the first report, so that a host may hold one from its start.
"""

from __future__ import annotations

import json
import os

from peers_runtime.base import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from peers_runtime.model.diagnostic import Diagnostic

KEPT = 1000  # diagnostics
_LONGEST = 4000  # characters of a message
_FULL = 1024 * 1024  # bytes, at which the file is written anew with at most half of that


class Diagnostics:
    """The diagnostics in the file at `path`: the newest thousand, or as many as half a megabyte holds.

    Reports that say the same count once, the newest stands. Safe in threads and with other processes.
    Nothing here fails: what cannot be written, in a read-only home or on a full disk, this object remembers.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._unwritten: list[Diagnostic] = []

    def report(self, diagnostic: Diagnostic) -> None:
        """List it. Costs one line added to a file, no waiting for the disk."""
        from peers_runtime.catalog import lock

        if len(diagnostic.message) > _LONGEST:
            diagnostic = diagnostic.model_copy(update={"message": diagnostic.message[:_LONGEST] + "…"})
        try:
            with lock.hold(f"{self._path}.lock"), open(self._path, "ab") as file:
                file.write(_line(diagnostic))
                is_full = file.tell() > _FULL
                file.close()
                if is_full:
                    self._write(self._read())
        except (OSError, errors.HomeNotWritable):
            self._unwritten = _newest([*self._unwritten, diagnostic])

    def all(self) -> list[Diagnostic]:
        """Oldest first. Lines that a killed process left half written are passed over."""
        return _newest([*self._read(), *self._unwritten])

    def stamp(self) -> object:
        """Equal as long as the list is the same, whoever changes it; costs one look at the file's record."""
        try:
            found = os.stat(self._path)
        except OSError:
            return len(self._unwritten)
        return found.st_mtime_ns, found.st_size, found.st_ino, len(self._unwritten)

    def clear(self, subject: str, before: str | None = None) -> None:
        """Forget what is about `subject`: it is mended. With `before`, what was listed by then."""
        from peers_runtime.catalog import lock

        def stays(one: Diagnostic) -> bool:
            return one.subject != subject or (before is not None and one.at >= before)

        self._unwritten = [one for one in self._unwritten if stays(one)]
        try:
            with lock.hold(f"{self._path}.lock"):
                found = self._read()
                kept = [one for one in found if stays(one)]
                if len(kept) < len(found):
                    self._write(kept)
        except (OSError, errors.HomeNotWritable):
            return

    def _read(self) -> list[Diagnostic]:
        from pydantic import ValidationError

        from peers_runtime.model.diagnostic import Diagnostic

        try:
            with open(self._path, "rb") as file:
                lines = file.read().splitlines()
        except OSError:
            return []
        found = []
        for line in lines:
            try:
                found.append(Diagnostic.model_validate_json(line))
            except ValidationError:
                continue
        return found

    def _write(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Replace the file; the lock is held."""
        lines: list[bytes] = []
        size = 0
        for diagnostic in reversed(_newest(diagnostics)):
            line = _line(diagnostic)
            size += len(line)
            if size > _FULL // 2:
                break
            lines.append(line)
        new = f"{self._path}.new"
        with open(new, "wb") as file:
            file.writelines(reversed(lines))
        os.replace(new, self._path)


def _line(diagnostic: Diagnostic) -> bytes:
    return json.dumps(diagnostic.wire()).encode() + b"\n"


def _newest(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    by_what: dict[tuple[str | None, ...], Diagnostic] = {}
    for one in diagnostics:
        what = (one.code, one.subject, one.context_id, one.message)
        by_what.pop(what, None)  # so that it moves to the end
        by_what[what] = one
    return list(by_what.values())[-KEPT:]
