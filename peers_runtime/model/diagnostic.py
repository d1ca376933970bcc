"""Something that went wrong and is listed until it is mended."""

from __future__ import annotations

from pydantic import Field

from peers_runtime.model.wire import Record


class Diagnostic(Record):
    """`at` is ISO 8601 in UTC. `subject` says what it is about: `notes@1.0.0`, `acme`, a file.

    `path`, `line` and `source`, the text of that line, say where an author should look, when that is known.
    """

    code: str
    message: str
    hint: str = ""
    subject: str = ""
    context_id: str | None = None
    at: str
    path: str | None = None
    line: int | None = None
    source: str = Field(default="", exclude_if=lambda text: not text)
