"""What a person sees while something takes long: a bar on stderr, which goes when it is done."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

_SHORT_S: Final = 1.0  # what takes no longer shows no bar
_FRAME_S: Final = 0.1


@contextmanager
def bar(text: str) -> Generator[None]:
    """Until the end, and once it has taken a while: `text`, a bar that moves, and for how long it has.

    For a stderr that is a terminal. Nothing of it is left there.
    """
    done = threading.Event()
    drawing = threading.Thread(target=_draw, args=(text, done), name="peers-bar", daemon=True)
    drawing.start()
    try:
        yield
    finally:
        done.set()
        drawing.join()


def _draw(text: str, done: threading.Event) -> None:
    if done.wait(_SHORT_S):
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    rest = Column(ratio=1, no_wrap=True, overflow="ellipsis")  # a long text leaves the others their room
    columns = (BarColumn(20), TimeElapsedColumn(), TextColumn("{task.description}", table_column=rest))
    # what packages print meanwhile is theirs, and stays where they print it
    shown = Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        expand=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with shown:
        task = shown.add_task(escape(text), total=None)
        while not done.wait(_FRAME_S):
            shown.update(task, refresh=True)
