"""The few lines of host code that the demo shows and then runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from peers_runtime.host.runtime import Runtime

SOURCE: Final = """\
for name in ("acme", "globex"):
    with runtime.context(name):
        import notes.store

        show(name, notes.store.describe())
"""


def run(runtime: Runtime, show: Callable[[str, str], None]) -> None:
    exec(SOURCE, {"runtime": runtime, "show": show})  # noqa: S102  # so that what is shown is what runs
