"""A copy of a sample that is edited while it is watched."""

from __future__ import annotations

import queue
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from peers_runtime.model.reload import Outcome

if TYPE_CHECKING:
    from peers_runtime import Reload, Runtime

SCREEN: Final = "src/notes/ui/home.py"
_PATIENCE_S: Final = 60.0  # for what takes some ten milliseconds


@dataclass
class Edited:
    """The project in `folder`, live in `context` once it is watched."""

    folder: Path
    context: str
    _told: queue.SimpleQueue[Reload] = field(default_factory=queue.SimpleQueue)

    def copy(self, sample: Path) -> None:
        shutil.copytree(sample, self.folder, ignore=shutil.ignore_patterns("__pycache__"))

    def watch(self, runtime: Runtime) -> None:
        """Until the runtime is closed."""
        runtime.watch(self.folder, context=self.context, on_reload=self._told.put)
        self._told.get()  # what came of the files as they were

    def line(self, part: str) -> tuple[int, str]:
        """The first line of the screen that holds this part, and its number."""
        lines = (self.folder / SCREEN).read_text(encoding="utf-8").splitlines()
        return next((number, line) for number, line in enumerate(lines, 1) if part in line)

    def save(self, old: str, new: str, awaited: Outcome) -> Reload:
        """Change the screen, and wait until this comes of it."""
        path = self.folder / SCREEN
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        while (reload := self._told.get(timeout=_PATIENCE_S)).outcome is not awaited:
            pass
        return reload
