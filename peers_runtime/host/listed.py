"""What `Runtime.diagnostics` answers with: what was listed, and what is so at the moment of asking."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.diagnostic import Diagnostic
from peers_runtime.operations.unserved import Unserved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peers_runtime.contributions.lines import Line
    from peers_runtime.host.storage import Storage


class Listed:
    """Of one runtime."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._unserved = Unserved()

    def all(self) -> Sequence[Diagnostic]:
        """While the catalog cannot be reached, which hosts list, nobody knows what is so now."""
        try:
            unserved = self._unserved.diagnostics(self._storage.services)
        except errors.CatalogUnreachable:
            unserved = ()
        return [*self._storage.diagnostics.all(), *unserved]


def diagnostic(
    code: str, message: str, hint: str, subject: str, context_id: str | None, line: Line | None
) -> Diagnostic:
    """What is listed now, as its record."""
    return Diagnostic(
        code=code,
        message=message,
        hint=hint,
        subject=subject,
        context_id=context_id,
        at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        path=None if line is None else line.path,
        line=None if line is None else line.number,
        source="" if line is None else line.source,
    )
