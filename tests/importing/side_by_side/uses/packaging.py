"""Compares versions, reads requirements and markers."""

from packaging.requirements import Requirement
from packaging.version import Version


def use() -> object:
    assert Version("1.10") > Version("1.9rc1")
    requirement = Requirement("a[b]>=1,<2; python_version > '3'")
    assert (sorted(requirement.extras), requirement.marker.evaluate()) == (["b"], True)
    assert "1.5" in requirement.specifier
    return requirement
