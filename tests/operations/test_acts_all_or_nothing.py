"""A fault at any step of an act of the lifecycle leaves no trace: see `test_all_or_nothing`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from peers_runtime import PeersError, Runtime
from peers_runtime.catalog.writer import Writer
from tests.operations.acting import GROUP, Group
from tests.operations.test_all_or_nothing import Fault, fail, failing

ROOMS = (
    *("operations.decide", "operations.promote", "operations.activate", "operations.follow"),
    *("operations.signing", "operations.effects", "rules.history", "trust"),
)
ACTS: dict[str, tuple[Callable[[Runtime], object], str, set[str]]] = {
    "promote": (
        lambda runtime: runtime.promote("notes", "2.0.0", "stable", GROUP, "alan"),
        "2.0.0",
        {"frozen", "for_context", "signed", "signer", "sign", "put_version", "put_package", "put_activation"},
    ),
    "rollback": (
        lambda runtime: runtime.rollback("notes", GROUP, "alan"),
        "1.0.0",
        {"for_context", "signed", "signer", "sign", "put_version", "put_package", "put_activation"},
    ),
    "follow": (
        lambda runtime: runtime.follow("notes", GROUP, "alan", tags="stable,beta"),
        "1.2.0-rc.1",
        {"signed", "sign", "put_package", "put_activation"},
    ),
    "follow dev here": (
        lambda runtime: runtime.follow("notes", GROUP, "rita", tags="dev", device=True),
        "2.0.0",
        {"put_prefs", "put_activation"},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_fails_at_any_step_leaves_no_trace(
    group: Group, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, shows, passes = ACTS[name]
    runtime = group.runtime
    group.release("1.0.0")
    group.release("1.1.0")
    group.release("1.2.0-rc.1", "beta", runs_it=False)
    group.build("2.0.0", activate=name == "promote")
    runtime.services.keys.signer("alan")  # made once, and no trace of an act
    runtime.drain()
    with monkeypatch.context() as patch:  # loaded once, each later try takes the same steps
        patch.setattr(Writer, "put_activation", fail)
        with pytest.raises(Fault):
            act(runtime)
    runtime.drain()
    before = group.state()
    live = runtime.context(GROUP).binding.active
    steps: list[str] = []
    for number in range(1, 10_000):
        runtime.drain()  # what was loaded and is not used is gone, so each try takes the same steps
        with failing(number, *ROOMS) as seen:
            try:
                act(runtime)
            except (Fault, PeersError):  # the latter when it came while the package's code ran
                pass
        if group.state_of_group() != {one: rows for one, rows in before.items() if one != "shown"}:
            break  # it was committed before the fault, or there was none: the act has happened
        steps.append(seen[number - 1])
        assert runtime.context(GROUP).binding.active == live, seen[-3:]
    assert {step.rpartition(".")[2] for step in steps} >= {"carry_out", "prepare", "write", *passes}, steps
    assert group.shown() == shows
    group.verify()
    with group.open() as restarted:
        assert restarted.context(GROUP).render("notes").content == shows
