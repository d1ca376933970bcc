"""A clock that was set back, or runs ahead, changes what entries say of their time and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from peers_runtime import Runtime
from tests.operations.acting import GROUP, Group

YEARS = timedelta(days=3650)


def set_clock(runtime: Runtime, by: timedelta) -> None:
    services = runtime.services
    runtime._storage._services = replace(services, now=lambda: datetime.now(UTC) + by)
    assert runtime.services.timestamp()[:4] != str(datetime.now(UTC).year)


@pytest.mark.parametrize("by", [-YEARS, YEARS], ids=["back", "ahead"])
def test_acts_after_it_are_done_verify_and_are_decided_as_before(group: Group, by: timedelta) -> None:
    runtime = group.runtime
    group.release("1.0.0")
    set_clock(runtime, by)
    group.release("1.1.0")
    assert group.shown() == "1.1.0"
    runtime.rollback("notes", GROUP, "ada")
    assert group.shown() == "1.0.0"
    set_clock(runtime, -by)
    runtime.activate("notes", "1.1.0", GROUP, "ada")
    assert group.shown() == "1.1.0"
    assert group.row("1.1.0").history[-1].action == "activated"
    group.verify()
    with group.open() as again:
        assert again.context(GROUP).render("notes").content == "1.1.0"
    group.release("1.2.0")
    assert group.shown() == "1.2.0"
    group.verify()
