"""The fixtures that pytest offers wherever peers_runtime is installed.

Every run of pytest there imports this: what the fixtures need is imported when one is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from peers_runtime import Runtime
    from peers_runtime.testing.packages import Packages


@pytest.fixture
def peers_runtime() -> Iterator[Runtime]:
    """A runtime in memory of the test's own, whose actor is "author"; it is closed when the test ends."""
    from peers_runtime import Runtime

    with Runtime.in_memory(actor="author") as runtime:
        yield runtime


@pytest.fixture
def peers_package(peers_runtime: Runtime, request: pytest.FixtureRequest, tmp_path: Path) -> Packages:
    """Builds packages in `peers_runtime`: call it with nothing for the project that the test belongs to."""
    from peers_runtime.testing.packages import Packages

    return Packages(peers_runtime, request.path, tmp_path / "peers-packages")
