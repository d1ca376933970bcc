"""What a context or a device follows: which tags, and how far from the active version.

Tags are kept in one spelling: `stable`, `beta`, `stable,beta` or `*` (beta and stable, whatever comes); on
a device also lists that name `dev`. Unset is `stable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from peers_runtime.base import errors
from peers_runtime.model.catalog import DevicePrefs, FollowRange, Package, PackageVersion, VersionTag
from peers_runtime.model.versions import precedence

ALL_RELEASED: Final = "*"
DEFAULT_TAGS: Final = "stable"
ORDER: Final = (VersionTag.STABLE, VersionTag.BETA, VersionTag.DEV)  # of the tags in a list


@dataclass(frozen=True)
class Verdict:
    """Yes or no, and why in words."""

    holds: bool
    reason: str


def normalised(tags: str | None, *, of_device: bool) -> str | None:
    """The one spelling of what somebody wants to follow; None is unset.

    Order, upper case, spaces and repetitions do not matter. Raises `InvalidSetting` for an unknown or empty
    tag, for `*` among others, and for dev in a context.
    """
    if tags is None:
        return None
    words = [word.strip().lower() for word in tags.split(",")] if isinstance(tags, str) else []
    if words == [ALL_RELEASED]:
        return ALL_RELEASED
    known = {str(tag) for tag in ORDER}
    if not words or not known.issuperset(words):
        raise _not_followable(tags, words)
    if VersionTag.DEV in words and not of_device:
        raise errors.InvalidSetting(
            f"a context cannot follow dev, as {tags!r} says: a dev version belongs to one device",
            hint="let this device follow it, with --here",
            given=tags,
        )
    return ",".join(tag for tag in ORDER if tag in words)


def effective_tags(package: Package, prefs: DevicePrefs | None) -> tuple[str, bool]:
    """The tags that count, and whether they are the device's own: on its own way, where it has any."""
    if prefs is not None and prefs.override and prefs.follow_tags:
        return prefs.follow_tags, True
    return package.follow_tags or DEFAULT_TAGS, False


def effective_range(package: Package, prefs: DevicePrefs | None) -> FollowRange:
    """The range that counts: the device's on its own way, where it has one, else the context's."""
    if prefs is not None and prefs.override and prefs.follow_range is not None:
        return prefs.follow_range
    return package.follow_range


def tag_matches(tags: str, is_devices: bool, version: PackageVersion, device: str) -> Verdict:
    """Whether `device` follows the tag that `version` has.

    Dev takes a list that names it, on the device itself, and means that device's own dev version. A context's
    list that names dev, which nobody can set, does not count as naming it.
    """
    named = _named(tags)
    if version.version_tag is VersionTag.DEV and version.device_id != device:
        return Verdict(
            False, f"it belongs to device {version.device_id}, and takes an explicit activation here"
        )
    if version.version_tag is VersionTag.DEV and not is_devices:
        return Verdict(False, "dev is followed nowhere unless a device asks for it")
    if version.version_tag in named:
        return Verdict(True, f"{version.version_tag} is followed {_where(is_devices)}")
    return Verdict(False, f"{_listed(named)} followed {_where(is_devices)}")


def range_matches(follow_range: FollowRange, active: str | None, version: str) -> Verdict:
    """Whether `version` is within the range, seen from the active one; None: no version is active."""
    if follow_range is FollowRange.PINNED:
        return Verdict(False, "the range is pinned: nothing is taken by itself")
    if active is None:
        return Verdict(True, "no version is active yet")
    if follow_range is FollowRange.LATEST:
        return Verdict(True, "the range is latest: any version")
    kept = 1 if follow_range is FollowRange.MINOR else 2
    there, here = precedence(active)[:kept], precedence(version)[:kept]
    return Verdict(there == here, f"the range is {follow_range}: {'.'.join(map(str, there))}.* only")


def _not_followable(tags: object, words: Sequence[str]) -> errors.InvalidSetting:
    if ALL_RELEASED in words:
        what = f"{tags!r} cannot be followed: * is beta and stable already, and stands alone"
    elif not any(words):
        what = f"{tags!r} cannot be followed, as it names no tag; tags are stable, beta and dev, or *"
    else:
        what = f"{tags!r} cannot be followed; tags are stable, beta and dev, with commas between them, or *"
    return errors.InvalidSetting(what, hint="write it like stable,beta", given=tags)


def _named(tags: str) -> Sequence[str]:
    return (VersionTag.STABLE, VersionTag.BETA) if tags == ALL_RELEASED else tags.split(",")


def _listed(named: Sequence[str]) -> str:
    return f"{named[0]} is" if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]} are"


def _where(is_devices: bool) -> str:
    return "by this device" if is_devices else "here"
