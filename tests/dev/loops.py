"""A working copy that is watched, and what came of each change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers_runtime import Reload, Runtime

PATIENCE_S = 30
UI = "def home(props, ctx):\n    return {!r}\n"  # the module of a screen that shows a text


class Loop:
    """Watches `folder` in `context`; `package` is the import package's folder in it."""

    def __init__(
        self, runtime: Runtime, folder: Path, context: str = "acme", package: str = "notes", **options: Any
    ) -> None:
        self.runtime = runtime
        self.context = runtime.context(context)
        self.package = folder / package
        self.reloads: list[Reload] = []
        self._news = threading.Condition()
        self.watch = runtime.watch(folder, context, on_reload=self._note, **options)

    def _note(self, reload: Reload) -> None:
        with self._news:
            self.reloads.append(reload)
            self._news.notify_all()

    def next(self, act: Callable[[], object]) -> Reload:
        """What comes of the change that `act` makes."""
        with self._news:
            before = len(self.reloads)
            act()
            assert self._news.wait_for(lambda: len(self.reloads) > before, PATIENCE_S), "nothing came of it"
            return self.reloads[before]

    def activation(self, act: Callable[[], object]) -> Reload:
        """As `next`, passing over a change that changed nothing: an editor's late chmod, say."""
        with self._news:
            before = len(self.activations)
            act()
            assert self._news.wait_for(lambda: len(self.activations) > before, PATIENCE_S), (
                "nothing came of it"
            )
            return self.activations[before]

    @property
    def activations(self) -> list[Reload]:
        """What came of the changes that changed something, the first installation among them."""
        return [reload for reload in self.reloads if reload.outcome != "unchanged"]

    def save(self, path: str, text: str) -> Reload:
        """What comes of saving a module of the package."""
        return self.next(lambda: self.write(path, text))

    def write(self, path: str, text: str) -> None:
        target = self.package / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def shown(self, path: str = "notes") -> object:
        """What the screen says to a new request."""
        return self.context.render(path).content
