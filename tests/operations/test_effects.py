"""What differs between two states, in words: for the context, then for the device."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from peers_runtime.catalog.beliefs import Beliefs
from peers_runtime.catalog.states import Arrivals
from peers_runtime.model.catalog import DevicePrefs, FollowRange, Package, PackageVersion, VersionTag
from peers_runtime.operations import effects
from peers_runtime.operations.facts import Facts

PACKAGE = Package(context_id="acme", package_id="p", name="notes", created_by="ada", active_version_id="1")
PREFS = DevicePrefs(context_id="acme", package_id="p")


def row(version: str, tag: str = "stable", **fields: Any) -> PackageVersion:
    given = {
        "package_version_id": version,
        "context_id": "acme",
        "package_id": "p",
        "name": "notes",
        "version": f"{version}.0.0",
        "version_tag": VersionTag(tag),
        "snapshot_digest": version * 64,
        "created_by": "ada",
        "created_at": "2026-01-01T00:00:00.000+00:00",
        "device_id": "desk" if tag == "dev" else None,
    }
    return PackageVersion(**{**given, **fields})


ARRIVALS = Arrivals(None, Beliefs("", lambda: b""))
BEFORE = Facts("group", PACKAGE, (row("1"), row("2", "beta")), PREFS, arrivals=ARRIVALS)


def told(after: Facts, before: Facts = BEFORE) -> list[str]:
    return [str(effect) for effect in effects.of(before, after, "desk")]


def of_package(**update: Any) -> list[str]:
    return told(replace(BEFORE, package=PACKAGE.model_copy(update=update)))


def of_prefs(**update: Any) -> list[str]:
    return told(replace(BEFORE, prefs=PREFS.model_copy(update=update)))


def test_the_same_state_has_no_effects() -> None:
    assert told(BEFORE) == []
    assert told(replace(BEFORE, prefs=None)) == []
    assert of_prefs(source_path="/elsewhere") == []
    assert of_package(description="in other words") == []


def test_what_the_context_is_set_to_is_told_with_what_runs() -> None:
    assert of_package(active_version_id="2") == [
        "context: set to version 1.0.0 (stable) → 2.0.0 (beta)",
        "device desk: runs 1.0.0 (stable) → 2.0.0 (beta)",
    ]
    assert of_package(active_version_id=None) == ["context: set to version 1.0.0 (stable) → none"]


@pytest.mark.parametrize(
    ("update", "effect"),
    [
        ({"follow_range": FollowRange.PATCH}, "followed range latest → patch"),
        ({"follow_tags": "beta"}, "followed tags none → beta"),
        ({"held_above": "3.0.0"}, "held at or below none → 3.0.0"),
        ({"disabled": True}, "disabled no → yes"),
    ],
)
def test_each_setting_of_a_context_is_told(update: dict[str, Any], effect: str) -> None:
    assert of_package(**update)[0] == f"context: {effect}"


@pytest.mark.parametrize(
    ("update", "effect"),
    [
        ({"override": True}, "goes its own way no → yes"),
        ({"pinned": True}, "pinned no → yes"),
        ({"follow_range": FollowRange.PATCH}, "followed range none → patch"),
        ({"follow_tags": "beta"}, "followed tags none → beta"),
        ({"held_above": "3.0.0"}, "held at or below none → 3.0.0"),
    ],
)
def test_each_setting_of_a_device_is_told(update: dict[str, Any], effect: str) -> None:
    assert of_prefs(**update) == [f"device desk: {effect}"]


def test_tags_yanks_and_new_rows_are_told_for_each_version() -> None:
    after = replace(BEFORE, versions=(row("1", yanked=True), row("2"), row("3", "dev")))
    assert told(after) == [
        "context: yanked 1.0.0 no → yes",
        "context: tag of 2.0.0 beta → stable",
        "device desk: build none → 3.0.0 (333333333333)",
        "device desk: runs 1.0.0 (stable) → 2.0.0 (stable)",
    ]


def test_another_snapshot_of_the_build_that_runs_is_told() -> None:
    chosen = PREFS.model_copy(update={"active_version_id": "3"})
    before = replace(BEFORE, versions=(row("3", "dev"),), prefs=chosen)
    after = replace(before, versions=(row("3", "dev", snapshot_digest="f" * 64),))
    assert told(after, before) == [
        "device desk: build 3.0.0 (333333333333) → 3.0.0 (ffffffffffff)",
        "device desk: runs 3.0.0 (dev) → 3.0.0 (dev)",
    ]


def test_installing_and_uninstalling_are_told() -> None:
    nothing = Facts("group", None, (), None, arrivals=ARRIVALS)
    assert told(nothing) == ["context: installed notes → none", "device desk: runs 1.0.0 (stable) → none"]
    assert told(BEFORE, nothing) == [
        "context: installed none → notes",
        "device desk: runs none → 1.0.0 (stable)",
    ]
