"""Where the modules of loaded package versions are in `sys.modules`: `peers_packages.<tag>.<module>`.

It is a real package so that a pickle made in one process can be loaded in another: importing it puts the
finder in place, and a version that the process does not know is looked for in the home that
`$PEERS_HOME` names. That home is opened once and closed at exit.
"""

from __future__ import annotations

from peers_runtime.importing.finder import finder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _open_home(_tag: str) -> Any:
    """Opens the home, whose runtime then answers for the tag; does nothing in a host's own process."""
    import atexit
    import os

    _forget()
    home = os.environ.get("PEERS_HOME")
    if home and not finder().loaders:
        from peers_runtime import Runtime

        atexit.register(Runtime.open(home).close)
    return None


_forget = finder().on_unknown_tag(_open_home)
