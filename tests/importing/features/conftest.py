"""Writes down which features worked, when $PEERS_REALM_RESULTS names a file: see `interpreters`."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

_worked = pytest.StashKey[dict[tuple[str, str], bool]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_worked] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    mark = item.get_closest_marker("realm_feature")
    if mark is not None:
        line = mark.kwargs["group"], mark.args[0]
        worked = item.config.stash[_worked]
        worked[line] = worked.get(line, True) and report.outcome == "passed"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    place = os.environ.get("PEERS_REALM_RESULTS")
    if place:
        worked = session.config.stash[_worked]
        Path(place).write_text(
            json.dumps([[group, title, good] for (group, title), good in worked.items()]), encoding="utf-8"
        )
