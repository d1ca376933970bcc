"""A dry run writes nothing and signs nothing; that it tells what then happens, `Group.carry_out` checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from peers_runtime import (
    ContextExists,
    ContractFrozen,
    Decision,
    KeyMismatch,
    Role,
    Runtime,
    UnknownPackage,
)
from peers_runtime.operations import install
from peers_runtime.trust.keys import Keys
from tests.operations.acting import GROUP, Group
from tests.world import an_id, project, screen

ACTS: dict[str, Callable[[Runtime, bool], Decision]] = {
    "promote": lambda it, dry: it.promote("notes", "2.0.0", "stable", GROUP, dry_run=dry),
    "activate": lambda it, dry: it.activate("notes", "1.1.0-rc.1", GROUP, dry_run=dry),
    "activate here": lambda it, dry: it.activate("notes", "1.1.0-rc.1", GROUP, device=True, dry_run=dry),
    "rollback": lambda it, dry: it.rollback("notes", GROUP, to="1.0.0", dry_run=dry),
    "follow": lambda it, dry: it.follow("notes", GROUP, tags="stable,beta", dry_run=dry),
    "follow here": lambda it, dry: it.follow("notes", GROUP, tags="dev", device=True, dry_run=dry),
    "pin": lambda it, dry: it.pin("notes", GROUP, dry_run=dry),
    "yank": lambda it, dry: it.yank("notes", "1.0.1", GROUP, dry_run=dry),
    "disable": lambda it, dry: it.disable("notes", GROUP, dry_run=dry),
}
SIGNED = {"promote", "activate", "rollback", "yank"}


def keys(group: Group) -> list[Path]:
    return list((group.runtime.home / "keys").glob("actor-*"))


@pytest.fixture
def released(group: Group) -> Group:
    group.release("1.0.0")
    group.release("1.0.1")
    group.release("1.1.0-rc.1", "beta", runs_it=False)
    group.build("2.0.0", activate=False)
    return group


@pytest.mark.parametrize("name", ACTS)
def test_an_act_does_what_its_dry_run_told(released: Group, name: str) -> None:
    assert released.carry_out(lambda dry_run: ACTS[name](released.runtime, dry_run))


@pytest.mark.parametrize("name", ACTS)
def test_a_dry_run_makes_no_key_and_signs_nothing(
    released: Group, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(keys: Keys, actor: str) -> None:
        raise AssertionError(f"{actor} was asked to sign")

    monkeypatch.setattr(Keys, "signer", refuse)
    with released.open("alan") as runtime:
        told = ACTS[name](runtime, True)
        assert told.effects
        if name in SIGNED:
            assert told.version is not None
            assert (told.version.signature, told.version.history[-1].signature) == (None, None)
            assert told.version.history[-1].by == "alan"
            with pytest.raises(AssertionError, match="alan was asked to sign"):
                ACTS[name](runtime, False)


def test_the_first_key_is_made_by_the_first_act_that_is_carried_out(group: Group) -> None:
    group.build("1.0.0")
    former = keys(group)  # of who has made the group and its members, and of who builds what others see
    act = partial(group.runtime.promote, "notes", "1.0.0", "beta", GROUP, "alan")
    act(dry_run=True)
    assert keys(group) == former
    act()
    assert len(keys(group)) == len(former) + 1
    group.verify()


def test_what_is_carried_out_is_signed_by_who_acts(released: Group) -> None:
    decision = released.runtime.promote("notes", "2.0.0", "stable", GROUP, "alan")
    assert decision.version == released.row("2.0.0")
    assert decision.version.signature
    is_shared = released.catalog is not None
    assert [bool(one.signature) for one in decision.version.history] == [is_shared, True]
    known = {one.actor_id: one.public_keys for one in released.runtime.members.list(GROUP)}
    assert known["alan"] == (released.runtime.public_key("alan"),)
    assert bool(known["grace"]) == is_shared


def test_a_lost_key_refuses_the_act_and_the_old_signatures_hold(released: Group) -> None:
    (key,) = [path for path in keys(released) if json.loads(path.read_text())["actor"] == "ada"]
    key.unlink()
    before = {**released.state(), "keys": None}
    with pytest.raises(KeyMismatch, match="ada signs in context 'acme' with another key"):
        released.runtime.promote("notes", "2.0.0", "stable", GROUP)
    assert {**released.state(), "keys": None} == before
    released.verify()


CONTRACT = f"""
from peers_runtime import define_package
from notes import tools

@define_package
def package(pkg):
    pkg.package_id = {an_id("notes")!r}
    pkg.contract({an_id("contract")!r}, 1, "Noting").tools = [tools.note]
"""
TOOLS = f"""
from pydantic import BaseModel
from peers_runtime import tool

class Note(BaseModel):
    FIELD

@tool(tool_id={an_id("tool")!r}, usage="Take a note.")
def note(given: Note, ctx) -> Note:
    return given
"""


def contract(field: str) -> dict[str, str]:
    return {"package.py": CONTRACT, "tools.py": TOOLS.replace("FIELD", field)}


def test_a_contract_that_is_frozen_otherwise_is_told_before(group: Group) -> None:
    group.build("1.0.0", **contract("title: str"))
    told = group.carry_out(
        lambda dry_run: group.runtime.promote("notes", "1.0.0", "stable", GROUP, dry_run=dry_run)
    )
    assert f"context: contract {an_id('contract')} 1 open → frozen" in told
    group.build("1.1.0", **contract("title: int"))
    group.carry_out(lambda dry_run: group.runtime.promote("notes", "1.1.0", "beta", GROUP, dry_run=dry_run))
    error = group.refuse(
        lambda dry_run: group.runtime.promote("notes", "1.1.0", "stable", GROUP, dry_run=dry_run),
        ContractFrozen,
        "argument title: was string, is integer",
    )
    assert error.facts["frozen_by"] == group.row("1.0.0").package_version_id
    assert group.shown() == "1.0.0"
    group.build("1.2.0", **contract('title: str  # "in other words"'))
    told = group.carry_out(
        lambda dry_run: group.runtime.promote("notes", "1.2.0", "stable", GROUP, dry_run=dry_run)
    )
    assert not any("contract" in one for one in told)  # it is frozen by now


def test_what_a_device_has_chosen_is_told_also_where_the_same_runs_on(released: Group) -> None:
    """It goes its own way from 1.0.1, and has come to 1.0.2 by itself."""
    runtime = released.runtime
    runtime.follow("notes", GROUP, device=True, tags="stable")
    released.release("1.0.2", runs_it=False)
    assert released.shown() == "1.0.2"
    told = released.carry_out(
        lambda dry_run: runtime.activate("notes", "1.0.2", GROUP, device=True, dry_run=dry_run)
    )
    assert told == ["device desk: chosen version 1.0.1 (stable) → 1.0.2 (stable)"]


def test_a_promotion_tells_which_devices_run_the_build_no_longer(released: Group) -> None:
    build = released.build_elsewhere("3.0.0")
    change = "UPDATE device_prefs SET device_id = 'laptop', active_version_id = ? WHERE device_id = 'desk'"
    released.runtime.activate("notes", "3.0.0", GROUP)
    released.change(change, build.package_version_id)
    told = released.carry_out(
        lambda dry_run: released.runtime.promote("notes", "3.0.0@laptop", "beta", GROUP, dry_run=dry_run)
    )
    assert "device laptop: runs 3.0.0 (dev) → 1.0.1 (stable)" in told


def installation(group: Group, source: Path, *, activate: bool = True) -> list[str]:
    services = group.runtime.services

    def act(dry_run: bool) -> Decision:
        (decision,) = install.install(services, [source], GROUP, "grace", activate=activate, dry_run=dry_run)
        return decision

    return group.carry_out(act)


def source(group: Group, version: str, text: str = "") -> Path:
    return project(
        group.folder / f"{version}{text}", version=version, files=screen("notes", "notes", version + text)
    )


def test_an_installation_tells_what_is_built_and_what_runs(group: Group) -> None:
    with pytest.raises(UnknownPackage):  # so nothing can be compared before and after
        group.runtime.resolve("notes", GROUP)
    told = group.runtime.plan_install(source(group, "1.0.0"), GROUP, "grace")
    assert group.runtime.packages(GROUP) == []
    assert list(group.runtime.home.glob("blobs/*/*")) == []
    built = group.runtime.install(source(group, "1.0.0"), GROUP, "grace")
    build = f"1.0.0 ({built.snapshot_digest[:12]})"
    assert [str(one) for one in told.effects] == [
        "context: installed none → notes",
        f"device desk: build none → {build}",
        "device desk: runs none → 1.0.0 (dev)",
    ]
    (effect, runs) = installation(group, source(group, "1.1.0"))
    assert effect.startswith(f"device desk: build {build} → 1.1.0 (")
    assert runs == "device desk: runs 1.0.0 (dev) → 1.1.0 (dev)"
    group.release("1.2.0")
    assert [
        one.partition(" none")[0] for one in installation(group, source(group, "2.0.0"), activate=False)
    ] == ["device desk: build"]
    assert installation(group, source(group, "2.0.0"), activate=False) == []


def test_to_install_what_is_released_tells_which_way_the_device_goes(group: Group) -> None:
    group.release("1.0.0")
    group.release("1.1.0")
    told = installation(group, group.folder / "build-1")
    assert told == [
        "device desk: goes its own way no → yes",
        "device desk: held at or below none → 1.1.0",
        "device desk: runs 1.1.0 (stable) → 1.0.0 (stable)",
    ]


def test_an_uninstallation_does_what_its_dry_run_told(released: Group) -> None:
    before = released.state()
    told = released.runtime.uninstall("notes", GROUP, dry_run=True)
    assert released.state() == before
    done = released.runtime.uninstall("notes", GROUP)
    assert (told.effects, told.reason) == (done.effects, done.reason)
    assert [str(one) for one in told.effects] == [
        "context: installed notes → none",
        "device desk: runs 1.0.1 (stable) → none",
    ]


def test_a_context_is_not_made_by_a_dry_run(group: Group) -> None:
    before = group.state()
    told = group.runtime.contexts.create("globex", name="Globex", actor="nina", dry_run=True)
    assert group.state() == before
    assert group.runtime.contexts.create("globex", name="Globex", actor="nina") == told
    for dry_run in (True, False):
        with pytest.raises(ContextExists):
            group.runtime.contexts.create("Globex", dry_run=dry_run)


def test_a_dry_run_about_members_asks_for_no_turn(group: Group) -> None:
    with (
        group.open() as other,
        group.runtime.services.catalog.write(),  # nobody else may write meanwhile
    ):
        assert other.members.set(GROUP, "grace", Role.ADMIN, dry_run=True).role is Role.ADMIN
