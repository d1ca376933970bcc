"""Who needs whom in a context."""

from __future__ import annotations

from typing import Literal

from peers_runtime.model.wire import Record


class Arrow(Record):
    """From who needs something to who has it, both as "notes@1.0.0".

    `label` is what is needed: the other package itself, or a contract that it provides.
    """

    source: str
    target: str
    label: str
    kind: Literal["depends", "contract"]


class Graph(Record):
    """The active versions of a context, and which of them need which; also what is in their closures."""

    packages: tuple[str, ...]
    arrows: tuple[Arrow, ...]
