"""A fault at any step of an act on several packages leaves no trace of any: see `test_all_or_nothing`."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import PeersError, Runtime
from peers_runtime.catalog.writer import Writer
from tests.host.task_packages import by, consumer, provider
from tests.operations.test_all_or_nothing import Fault, fail, failing

ROOMS = ("operations.decide", "operations.promote", "operations.writing", "operations.signing", "trust")
VERSIONS = {"projects": "1.0.0", "tasks": "1.0.0"}


def trace(runtime: Runtime) -> dict[str, Any]:
    """Every row of the catalog, what is active, and what is loaded."""
    with closing(sqlite3.connect(runtime.home / "catalog.sqlite")) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for (name,) in names}
    loaded = {name for name in sys.modules if name.startswith("peers_packages.")}
    return {**rows, "active": runtime.context().binding.active.packages, "loaded": loaded}


@pytest.mark.slow
def test_an_act_on_several_that_fails_at_any_step_leaves_no_trace_of_any(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.install_all([consumer(tmp_path), provider(tmp_path)], activate=False)
    runtime.services.keys.signer("ada")  # made once, and no trace of an act
    with monkeypatch.context() as patch:  # loaded once, each later try takes the same steps
        patch.setattr(Writer, "put_activation", fail)
        with pytest.raises(Fault):
            runtime.promote_all(VERSIONS, "stable")
    runtime.drain()
    before = trace(runtime)
    steps: list[str] = []
    for number in range(1, 10_000):
        runtime.drain()  # what was loaded and is not used is gone
        with failing(number, *ROOMS) as seen:
            try:
                runtime.promote_all(VERSIONS, "stable")
            except (Fault, PeersError):  # the latter when it came while a package's code ran
                pass
        if trace(runtime) != before:
            runtime.drain()  # another thread takes apart what nothing refers to any more
            now = trace(runtime)
            if now["packages"] != before["packages"]:
                break  # it was committed before the fault, or there was none: the act has happened
            assert now == before, seen[-3:]
        steps.append(seen[number - 1].rpartition(".")[2])
    assert {"carry_out_all", "planned", "together", "starts", "takes_over", "write", "sign"} <= {*steps}
    assert steps.count("put_version") == steps.count("put_package") == 2
    assert by(runtime) == "tasks 1.0.0"
    assert [one.problems for name in VERSIONS for one in runtime.history(name) if one.problems] == []
