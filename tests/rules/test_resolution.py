"""Which version a context uses on a device."""

from __future__ import annotations

from peers_runtime.model.catalog import DevicePrefs, Package, PackageVersion, VersionTag
from peers_runtime.rules.resolution import resolve


def package(**fields: object) -> Package:
    return Package.model_validate(
        {"context_id": "acme", "package_id": "p", "name": "notes", "created_by": "ada", **fields}
    )


def version(row: str, semver: str = "1.0.0", device: str | None = None) -> PackageVersion:
    return PackageVersion(
        package_version_id=row,
        context_id="acme",
        package_id="p",
        name="notes",
        version=semver,
        version_tag=VersionTag.DEV if device else VersionTag.STABLE,
        snapshot_digest="0" * 64,
        created_by="ada",
        created_at="2026-01-01T00:00:00+00:00",
        device_id=device,
    )


def prefs(active: str | None) -> DevicePrefs:
    return DevicePrefs(context_id="acme", package_id="p", active_version_id=active)


def test_a_package_that_is_not_installed_has_no_version() -> None:
    assert resolve(None, [version("v")], None, "laptop").version is None


def test_a_disabled_package_has_no_version_whatever_was_chosen() -> None:
    found = resolve(package(disabled=True, active_version_id="v"), [version("v")], prefs("v"), "laptop")
    assert (found.version, found.reason) == (None, "the package is disabled in this context")


def test_the_devices_choice_comes_before_the_contexts() -> None:
    both = [version("shared"), version("mine", "2.0.0", "laptop")]
    found = resolve(package(active_version_id="shared"), both, prefs("mine"), "laptop")
    assert (found.version, found.reason) == (both[1], "this device chose 2.0.0 (dev)")


def test_without_a_choice_of_its_own_a_device_uses_the_contexts() -> None:
    found = resolve(package(active_version_id="shared"), [version("shared")], prefs(None), "laptop")
    assert found.reason == "the context uses 1.0.0 (stable)"


def test_another_devices_dev_version_is_never_used() -> None:
    foreign = version("theirs", "9.0.0", "desktop")
    found = resolve(package(active_version_id="theirs"), [foreign], prefs("theirs"), "laptop")
    assert (found.version, found.reason) == (None, "no version was activated, here or for the context")


def test_a_choice_whose_row_has_not_arrived_leaves_the_contexts_version() -> None:
    found = resolve(package(active_version_id="shared"), [version("shared")], prefs("gone"), "laptop")
    assert found.version == version("shared")
