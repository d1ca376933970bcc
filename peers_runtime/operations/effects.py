"""What differs between two states of a package in a context, in words: pure, for dry runs and for logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from peers_runtime.model.catalog import DevicePrefs, FrozenShape, Package, PackageVersion, VersionTag
from peers_runtime.model.decision import Effect
from peers_runtime.operations.facts import Facts

if TYPE_CHECKING:
    from peers_runtime.contracts.registry import Moved

_OF_CONTEXT = {
    "disabled": "disabled",
    "follow_tags": "followed tags",
    "follow_range": "followed range",
    "held_above": "held at or below",
    "publish_public_key": "publish key",
}
_OF_DEVICE = {
    "override": "goes its own way",
    "pinned": "pinned",
    "follow_tags": "followed tags",
    "follow_range": "followed range",
    "held_above": "held at or below",
}


def of(
    before: Facts,
    after: Facts,
    device: str,
    frozen: Sequence[FrozenShape] = (),
    others: Sequence[tuple[str, PackageVersion]] = (),
    moved: Sequence[Moved] = (),
) -> tuple[Effect, ...]:
    """The effects on the context, then those on `device`; the last one is the version that runs there.

    `frozen` are the shapes that are frozen by it; `others` are devices that run a build of their own until
    then, and follow the context afterwards; `moved`, consumers that get a contract from another package.
    """
    freezing = (
        _effect(None, f"contract {one.contract_id} {one.version}", "open", "frozen") for one in frozen
    )
    on_others = (effect for other, build in others for effect in _on_other(after, other, build))
    on_consumers = (of_consumer(device, one) for one in moved)
    on_device = _on_device(before, after, device)
    return (*_on_context(before, after), *freezing, *on_others, *on_consumers, *on_device)


def of_consumer(device: str | None, moved: Moved) -> Effect:
    """Whom a consumer gets a contract from, before and after."""
    was, is_now = (one.label if one is not None else "nobody" for one in (moved.before, moved.after))
    return _effect(device, moved.what, was, is_now)


def _on_context(before: Facts, after: Facts) -> Iterator[Effect]:
    then, now = before.package, after.package
    if then is None or now is None:
        if then is not now:
            yield Effect(device_id=None, what="installed", before=_word(then), after=_word(now))
        return
    rows = {one.package_version_id: one for one in before.versions}
    for version in after.versions:
        if version.version_tag is VersionTag.DEV:
            continue  # it is its device's alone
        former = rows.get(version.package_version_id)
        if former is None or former.version_tag is not version.version_tag:
            yield _effect(
                None, f"tag of {version.version}", former and former.version_tag, version.version_tag
            )
        if former is not None and former.yanked is not version.yanked:
            yield _effect(None, f"yanked {version.version}", former.yanked, version.yanked)
    if then.active_version_id != now.active_version_id:
        yield _effect(
            None,
            "set to version",
            _row(before.versions, then.active_version_id),
            _row(after.versions, now.active_version_id),
        )
    yield from _fields(None, _OF_CONTEXT, then, now)


def _on_device(before: Facts, after: Facts, device: str) -> Iterator[Effect]:
    nothing = DevicePrefs(context_id="", package_id="")
    former, chosen = before.prefs or nothing, after.prefs or nothing
    told: list[Effect] = []
    if after.package is not None:
        told.extend(_fields(device, _OF_DEVICE, former, chosen))
    told.extend(_on_build(before, after, device))
    then, now = before.live(device), after.live(device)
    if _shown(then) != _shown(now) or (then and then.snapshot_digest) != (now and now.snapshot_digest):
        told.append(_effect(device, "runs", _shown(then), _shown(now)))
    if not told and after.package is not None and former.active_version_id != chosen.active_version_id:
        was, is_now = (_row(after.versions, one.active_version_id) for one in (former, chosen))
        told.append(_effect(device, "chosen version", was, is_now))  # else what is told says it
    yield from told


def _on_build(before: Facts, after: Facts, device: str) -> Iterator[Effect]:
    """On what the device has built itself, also where it runs something else."""
    then, now = (
        next((one for one in of.versions if one.device_id == device), None) for of in (before, after)
    )
    if now is not None and (then is None or then.snapshot_digest != now.snapshot_digest):
        yield _effect(device, "build", _built(then), _built(now))


def _built(version: PackageVersion | None) -> str | None:
    return None if version is None else f"{version.version} ({version.snapshot_digest[:12]})"


def _on_other(after: Facts, device: str, build: PackageVersion) -> Iterator[Effect]:
    now = replace(after, prefs=None).live(device)
    if now is None or now.package_version_id != build.package_version_id:
        yield _effect(device, "runs", _shown(build), _shown(now))


def _fields(
    device: str | None, names: dict[str, str], then: Package | DevicePrefs, now: Package | DevicePrefs
) -> Iterator[Effect]:
    for field, words in names.items():
        old, new = getattr(then, field), getattr(now, field)
        if old != new:
            yield _effect(device, words, old, new)


def _effect(device: str | None, what: str, before: object, after: object) -> Effect:
    return Effect(device_id=device, what=what, before=_word(before), after=_word(after))


def _row(versions: Sequence[PackageVersion], version_id: str | None) -> str | None:
    return _shown(next((one for one in versions if one.package_version_id == version_id), None))


def _shown(version: PackageVersion | None) -> str | None:
    return None if version is None else f"{version.version} ({version.version_tag})"


def _word(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.name if isinstance(value, Package) else str(value)
