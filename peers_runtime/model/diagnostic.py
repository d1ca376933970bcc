"""Something that went wrong and is listed until it is mended."""

from __future__ import annotations

from peers_runtime.model.wire import Record


class Diagnostic(Record):
    """`at` is ISO 8601 in UTC. `subject` says what it is about: `notes@1.0.0`, `acme`, a file."""

    code: str
    message: str
    hint: str = ""
    subject: str = ""
    context_id: str | None = None
    at: str
