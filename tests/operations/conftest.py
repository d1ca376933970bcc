"""A group to act in, on a real home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import Runtime
from tests.operations.acting import DEVICE, GROUP, ROLES, Group


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    with Runtime.open(tmp_path / "home", actor="ada", device=DEVICE) as runtime:
        runtime.contexts.create(GROUP)
        for actor, role in ROLES.items():
            runtime.members.set(GROUP, actor, role)
        yield Group(runtime, tmp_path)
