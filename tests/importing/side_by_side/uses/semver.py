"""Compares and bumps versions."""

import semver


def use() -> object:
    version = semver.VersionInfo.parse("1.2.3-rc.1")
    assert version < semver.VersionInfo.parse("1.2.3")
    assert str(version.bump_minor()) == "1.3.0"
    return version
