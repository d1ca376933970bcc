"""What a realm needs from the rooms above: bytes by digest, and somebody who listens."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from types import CodeType
    from typing import Protocol

    from peers_runtime.importing.lock import Lock
    from peers_runtime.model.modules import ModuleFile

    class Bytes(Protocol):
        """What realms read. A digest is a snapshot's or a private distribution's.

        Implementations verify what they read before they answer, and may be asked from several threads.
        """

        def modules(self, digest: str) -> Mapping[str, ModuleFile]:
            """Every module by its logical name; folders without `__init__.py` are among them."""
            ...

        def code(self, digest: str, module: str, filename: str, share: bool) -> CodeType:
            """The compiled module, `co_filename` being `filename`.

            `share`: the same code object may be given to every realm that asks for the same source and
            filename (dev versions), else each realm gets its own.
            """
            ...

        def source(self, digest: str, path: str) -> bytes:
            """A file's bytes. FileNotFoundError when there is no such file."""
            ...

        def paths(self, digest: str) -> Collection[str]:
            """Every file, data files included, as posix paths: `notes/assets/logo.svg`."""
            ...

        def folder(self, digest: str) -> str:
            """The absolute folder in which the files lie read-only; laid out on the first call."""
            ...

    Report = Callable[[str, str], None]
    """Told of what should be listed as a diagnostic: an error code and a message."""

    Load = Callable[[str], tuple[Lock, Bytes] | None]
    """Asked for the realm of a tag that is not loaded in this process."""

    Undo = Callable[[], None]
    """Takes back what the call that returned it did; calling it again does nothing."""
