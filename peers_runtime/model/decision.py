"""What an act decided: which effects it has, on whom, and why."""

from __future__ import annotations

from peers_runtime.model.catalog import PackageVersion
from peers_runtime.model.wire import Record


class Effect(Record):
    """One thing that changes, in words: for the whole context, or for one device in it."""

    device_id: str | None  # None: the context
    what: str  # "active version", "tag of 1.2.0", "follows", …
    before: str
    after: str

    def __str__(self) -> str:
        whom = "context" if self.device_id is None else f"device {self.device_id}"
        return f"{whom}: {self.what} {self.before} → {self.after}"


class Decision(Record):
    """The answer of an act on a package: carried out, or only planned (`applied` is then False).

    `version` is the one that the act was about, as it is afterwards. No effects: all was so already.
    """

    context_id: str
    name: str
    actor: str
    reason: str
    effects: tuple[Effect, ...] = ()
    version: PackageVersion | None = None
    applied: bool = True
