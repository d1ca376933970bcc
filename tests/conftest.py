from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """Started when a test first asks for it; stopped at the end."""
    with postgres.running() as server:
        yield server
