"""What is said where the protocol's SDK is not installed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from peers_runtime.base import errors

_PARTS: Final = ("anyio", "mcp", "mcp_types")


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
            hint="pip install 'peers-runtime[mcp]'",
        ) from error
