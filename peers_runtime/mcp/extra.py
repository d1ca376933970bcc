"""What is said where the protocol's SDK is not installed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

from peers_runtime.base import errors

TO_INSTALL: Final = "pip install 'peers-runtime[mcp]'"
_PARTS: Final = ("anyio", "mcp", "mcp_types")


def is_here() -> bool:
    """Whether the extra is installed; nothing of it is imported."""
    try:
        return all(find_spec(part) is not None for part in _PARTS)
    except ModuleNotFoundError:  # whoever finds modules says no by raising it
        return False


@contextmanager
def needed() -> Generator[None]:
    """Around the imports of this room. Raises `InvalidSetting` when the extra is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PARTS:
            raise
        raise errors.InvalidSetting(
            f"MCP clients are served by {error.name}, which is not installed here",
            hint=TO_INSTALL,
        ) from error
