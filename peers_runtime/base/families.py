"""The root of all errors, and the five families that say whose move it is."""

from __future__ import annotations


class PeersError(Exception):
    """The root of every error that peers_runtime raises."""

    code = "P0000"

    def __init__(self, message: str, *, hint: str = "", **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]" + (f"\n  help: {self.hint}" if self.hint else "")

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (type(self), self.message, self.hint, self.facts)


class PackageError(PeersError):
    """A package's author has something to mend."""


class UsageError(PeersError):
    """The caller asked for something that does not exist or does not fit."""


class Refused(PeersError):
    """Policy forbids the act; nothing has changed."""


class Conflict(PeersError):
    """Somebody else owns that name, id or version; nothing has changed."""


class StorageError(PeersError):
    """The home, the disk or the stored bytes are not in order; nothing has changed."""


def _revive(kind: type[PeersError], message: str, hint: str, facts: dict[str, object]) -> PeersError:
    return kind(message, hint=hint, **facts)
