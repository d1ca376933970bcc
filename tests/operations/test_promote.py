"""Promotion: one row goes from dev to beta to stable, keeps its snapshot, and never goes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from peers_runtime import (
    Decision,
    InvalidSetting,
    NotPromotable,
    RoleTooLow,
    TagInCode,
    UnknownContext,
    UnknownPackage,
    UnknownVersion,
    VersionExists,
    VersionMoved,
)
from peers_runtime.activation.engine import Engine
from tests.operations.acting import BELOW_ADMIN, DEVICE, GROUP, Group
from tests.world import an_id


def to(
    group: Group, tag: str, version: str = "1.0.0", actor: str = "alan", **more: str
) -> Callable[[bool], Decision]:
    return lambda dry_run: group.runtime.promote(
        "notes", version, tag, context=GROUP, actor=actor, dry_run=dry_run, **more
    )


# ── what is promoted ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tags", [["beta"], ["stable"], ["beta", "stable"]])
def test_a_row_gets_its_tag_and_keeps_its_snapshot(group: Group, tags: list[str]) -> None:
    built = group.build("1.0.0")
    for tag in tags:
        group.carry_out(to(group, tag))
    row = group.row("1.0.0")
    assert (row.package_version_id, row.snapshot_digest) == (built.package_version_id, built.snapshot_digest)
    assert (str(row.version_tag), row.device_id, row.created_by) == (tags[-1], None, "grace")
    promoted = [(one.action, one.by) for one in row.history if one.action.startswith("promoted")]
    assert promoted == [(f"promoted:{tag}", "alan") for tag in tags]


def test_nothing_goes_back(group: Group) -> None:
    group.release("1.0.0")
    group.refuse(to(group, "beta"), NotPromotable, "1.0.0 is stable")


@pytest.mark.parametrize("tag", ["beta", "stable"])
def test_who_promotes_what_somebody_has_promoted_is_told_who(group: Group, tag: str) -> None:
    group.build("1.0.0")
    group.runtime.promote("notes", "1.0.0", tag, context=GROUP)
    error = group.refuse(to(group, tag), VersionMoved, f"1.0.0 is {tag} already.*promoted:{tag} by ada at 20")
    assert error.facts["by"] == "ada"


@pytest.mark.parametrize("tag", ["dev", "nightly", "", "STABLE", None])
def test_there_are_two_tags_to_promote_to(group: Group, tag: str) -> None:
    group.build("1.0.0")
    group.refuse(to(group, tag), InvalidSetting, "promoted to beta or to stable")


def test_a_yanked_version_is_promoted_no_more(group: Group) -> None:
    group.release("1.0.0", "beta")
    group.runtime.yank("notes", "1.0.0", context=GROUP)
    group.refuse(to(group, "stable"), NotPromotable, "1.0.0 was yanked")


def test_a_tag_in_code_is_refused_before_there_is_a_row(group: Group) -> None:
    definition = f"""
        from peers_runtime import define_package

        @define_package
        def package(pkg):
            pkg.package_id = {an_id("notes")!r}
            pkg.version_tag = "stable"
        """
    with pytest.raises(TagInCode):
        group.build("1.0.0", **{"package.py": definition})
    assert group.runtime.packages(GROUP) == []


def test_after_a_promotion_the_next_build_is_a_dev_version_of_its_own(group: Group) -> None:
    released = group.release("1.0.0")
    built = group.build("1.0.0")
    assert built.package_version_id != released.package_version_id
    assert group.row_tags() == ["stable", "dev"]
    assert group.shown() == "1.0.0"
    assert "this device chose 1.0.0 (dev)" in group.why()


# ── who may ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("actor", "held"), BELOW_ADMIN)
def test_promoting_takes_an_admin(group: Group, actor: str, held: str) -> None:
    group.build("1.0.0")
    error = group.refuse(to(group, "beta", actor=actor), RoleTooLow, f"the role held is {held.title()}")
    assert (error.facts["needed"], error.facts["held"]) == ("ADMIN", held)


def test_the_personal_context_asks_for_no_role(group: Group) -> None:
    source = group.folder / "build-1"
    group.build("1.0.0")
    group.runtime.install(source, actor="mallory")
    decision = group.runtime.promote("notes", "1.0.0", "stable", actor="mallory")
    assert [str(effect) for effect in decision.effects][:2] == [
        "context: tag of 1.0.0 dev → stable",
        "context: set to version none → 1.0.0 (stable)",
    ]
    assert [one.problems for one in group.runtime.history("notes")] == [()]


# ── whom it reaches ──────────────────────────────────────────────────────────────────────────────


def test_what_this_device_runs_becomes_the_contexts_when_the_tag_is_followed(group: Group) -> None:
    group.build("1.0.0")
    assert group.carry_out(to(group, "stable")) == [
        "context: tag of 1.0.0 dev → stable",
        "context: set to version none → 1.0.0 (stable)",
        "device desk: runs 1.0.0 (dev) → 1.0.0 (stable)",
    ]
    assert group.package.active_version_id == group.row("1.0.0").package_version_id
    assert group.prefs.active_version_id is None


def test_a_tag_that_is_not_followed_reaches_nobody(group: Group) -> None:
    group.release("1.0.0")
    group.build("1.1.0")
    assert group.carry_out(to(group, "beta", "1.1.0")) == [
        "context: tag of 1.1.0 dev → beta",
        "device desk: runs 1.1.0 (dev) → 1.0.0 (stable)",
    ]
    assert group.shown() == "1.0.0"


def test_what_this_device_does_not_run_is_taken_by_policy_alone(group: Group) -> None:
    group.release("1.0.0")
    group.build_elsewhere("1.1.0")
    assert group.carry_out(to(group, "stable", "1.1.0@laptop")) == [
        "context: tag of 1.1.0 dev → stable",
        "device desk: runs 1.0.0 (stable) → 1.1.0 (stable)",
    ]
    assert group.package.active_version_id == group.row_of("1.0.0", "stable").package_version_id


def test_a_device_on_its_own_way_promotes_for_nobody_else(group: Group) -> None:
    group.release("1.0.0")
    group.build("1.1.0")
    group.runtime.follow("notes", GROUP, device=True)
    effects = group.carry_out(to(group, "stable", "1.1.0"))
    assert "context: tag of 1.1.0 dev → stable" in effects
    assert not any(effect.startswith("context: set to version") for effect in effects)
    assert group.shown() == "1.1.0"


def test_a_pinned_device_stays_at_the_version_that_it_promotes(group: Group) -> None:
    group.release("1.0.0")
    group.build("1.1.0")
    group.runtime.pin("notes", GROUP)
    assert group.carry_out(to(group, "beta", "1.1.0")) == [
        "context: tag of 1.1.0 dev → beta",
        "device desk: runs 1.1.0 (dev) → 1.1.0 (beta)",
    ]
    assert group.package.active_version_id == group.row("1.0.0").package_version_id
    group.carry_out(lambda dry_run: group.runtime.unpin("notes", GROUP, dry_run=dry_run))
    assert group.shown() == "1.0.0"


# ── which version is meant ───────────────────────────────────────────────────────────────────────


def test_what_does_not_exist_is_told_with_what_is_near(group: Group) -> None:
    group.build("1.0.0")
    group.refuse(to(group, "beta", "1.0.1"), UnknownVersion, "1.0.0 \\(dev\\); did you mean '1.0.0'")
    with pytest.raises(UnknownPackage, match="did you mean 'notes'"):
        group.runtime.promote("note", "1.0.0", "beta", context=GROUP)
    with pytest.raises(UnknownContext, match="did you mean 'acme'"):
        group.runtime.promote("notes", "1.0.0", "beta", context="acne")


def test_another_devices_build_is_named_with_the_device_or_by_its_row(group: Group) -> None:
    other = group.build_elsewhere("1.0.0")
    group.build("2.0.0")
    group.refuse(to(group, "beta"), UnknownVersion, "did you mean '1.0.0@laptop'")
    group.refuse(to(group, "beta", "1.0.0@tablet"), UnknownVersion)
    group.refuse(to(group, "beta", "2.0.0@laptop"), UnknownVersion)
    group.carry_out(to(group, "beta", "1.0.0@laptop"))
    group.carry_out(to(group, "stable", other.package_version_id))
    group.refuse(to(group, "stable", "1.0.0@laptop"), UnknownVersion)  # it belongs to no device any more
    assert str(group.row("1.0.0").version_tag) == "stable"


def test_a_semver_means_the_promoted_row_before_this_devices_build(group: Group) -> None:
    group.release("1.0.0", "beta")
    group.build("1.0.0")
    group.carry_out(to(group, "stable"))
    assert group.row_tags() == ["stable", "dev"]
    group.refuse(to(group, "stable", f"1.0.0@{DEVICE}"), VersionExists)


def test_the_second_row_of_a_version_is_refused_naming_the_first(group: Group) -> None:
    other = group.build_elsewhere("1.0.0")
    group.build("1.0.0")
    group.runtime.promote("notes", "1.0.0@laptop", "beta", context=GROUP, actor="alan")
    act = to(group, "stable", f"1.0.0@{DEVICE}")
    error = group.refuse(act, VersionExists, "promoted:beta by alan at 20")
    assert other.snapshot_digest[:12] in error.message
    assert error.facts["by"] == "alan"


# ── what the caller saw ──────────────────────────────────────────────────────────────────────────


def test_the_digest_that_was_seen_may_be_short(group: Group) -> None:
    seen = group.build("1.0.0").snapshot_digest
    group.carry_out(to(group, "beta", digest=seen[:12]))
    group.carry_out(to(group, "stable", digest=seen))


@pytest.mark.parametrize("digest", ["", "a", "0123456789a", "g" * 64, "0" * 65, "0123456789ab\n"])
def test_a_digest_that_says_too_little_is_refused(group: Group, digest: str) -> None:
    group.build("1.0.0")
    group.refuse(to(group, "beta", digest=digest), InvalidSetting, "at least 12 characters")


def test_a_version_that_was_rebuilt_since_it_was_seen_is_refused(group: Group) -> None:
    seen = group.build("1.0.0").snapshot_digest
    group.build("1.0.0")
    error = group.refuse(to(group, "beta", digest=seen), VersionMoved, r"created by grace at 20\d\d-")
    assert error.facts["by"] == "grace"


@pytest.mark.parametrize("how", ["rebuilt", "promoted"])
def test_a_version_that_moves_while_it_is_promoted_is_refused(
    group: Group, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    group.build("1.0.0")
    prepare = Engine.prepare

    def overtaken(engine: Engine, *arguments: Any) -> object:
        monkeypatch.setattr(Engine, "prepare", prepare)
        with group.open("alan") as faster:
            if how == "rebuilt":
                Group(faster, group.folder / "faster", built=100).build("1.0.0", "alan")
            else:
                faster.promote("notes", "1.0.0", "beta", context=GROUP)
        return prepare(engine, *arguments)

    monkeypatch.setattr(Engine, "prepare", overtaken)
    what = "created" if how == "rebuilt" else "promoted:beta"
    with pytest.raises(VersionMoved, match=f"{what} by alan at 20") as caught:
        group.runtime.promote("notes", "1.0.0", "stable", context=GROUP, actor="ada")
    assert caught.value.facts["by"] == "alan"
    assert str(group.row("1.0.0").version_tag) == ("dev" if how == "rebuilt" else "beta")


# ── when ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_clock_that_was_set_back_promotes_as_any_other(group: Group) -> None:
    group.release("1.0.0")
    services = group.runtime.services
    then = replace(services, now=lambda: services.now().replace(year=1999))
    group.runtime._storage._services = then
    group.build("1.1.0")
    group.carry_out(to(group, "stable", "1.1.0"))
    assert group.row("1.1.0").history[-1].at.startswith("1999-")
    assert group.shown() == "1.1.0"
    group.carry_out(lambda dry_run: group.runtime.rollback("notes", GROUP, dry_run=dry_run))
    assert group.shown() == "1.0.0"
