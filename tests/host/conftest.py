"""A runtime of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from peers_runtime import Runtime


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        opened.contexts.create("acme")
        opened.contexts.create("globex")
        yield opened
