"""Who needs whom in a context, as one answer for every door."""

from __future__ import annotations

from pathlib import Path

import pytest

from peers_runtime import RoleTooLow, Runtime, UnknownContext
from peers_runtime.operations import graph

SAMPLES = Path(__file__).parents[2] / "sample_packages"


def test_packages_that_are_locked_and_contracts_that_are_got_are_arrows() -> None:
    with Runtime.in_memory() as runtime:
        for name in ("notes-1", "charts", "week", "tasks-1", "projects"):
            runtime.install(SAMPLES / name)
        found = graph.graph(runtime.services, "personal")
    assert set(found.packages) == {
        "charts@1.0.0",
        "notes@1.0.0",
        "projects@1.0.0",
        "tasks@1.0.0",
        "week@1.0.0",
    }
    told = {(one.source, one.target, one.label, one.kind) for one in found.arrows}
    assert told == {
        ("week@1.0.0", "charts@1.0.0", "depends on", "depends"),
        ("week@1.0.0", "notes@1.0.0", "depends on", "depends"),
        ("projects@1.0.0", "tasks@1.0.0", "Tasks 1", "contract"),
    }


def test_who_may_not_read_a_context_does_not_see_its_graph(tmp_path: Path) -> None:
    with Runtime.open(tmp_path, actor="ada", facades=False) as runtime:
        runtime.contexts.create("acme")
    with Runtime.open(tmp_path, actor="eve", facades=False) as runtime:
        with pytest.raises(RoleTooLow):
            graph.graph(runtime.services, "acme")
        with pytest.raises(UnknownContext):
            graph.graph(runtime.services, "nowhere")
