"""What all scenes share: the home, the runtime, the stage and the times."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from peers_runtime.cli.demo import stage

if TYPE_CHECKING:
    from peers_runtime import Runtime


@dataclass
class Play:
    """What all scenes share."""

    stage: stage.Stage
    home: Path
    samples: Path
    runtime: Runtime
    wheels: Path
    times: list[tuple[str, float]] = field(default_factory=list)  # (what was done, seconds), in order

    @contextmanager
    def timed(self, what: str) -> Generator[None]:
        started = time.perf_counter()
        yield
        self.times.append((what, time.perf_counter() - started))

    def close(self) -> None:
        self.runtime.close()

    def restart(self) -> None:
        """Closes the runtime and opens another on the same home, as a host does when it starts again."""
        self.runtime.close()
        with self.timed("start the host again"):
            self.runtime = open_host(self.home)


def open_host(home: Path) -> Runtime:
    from peers_runtime import Runtime
    from peers_runtime.cli.demo import hookspecs

    runtime = Runtime.open(home)
    runtime.add_hookspecs(hookspecs, project_name=hookspecs.PROJECT)
    return runtime
