"""Reads its own metadata, and what the realm has."""

import importlib_metadata


def use() -> object:
    assert importlib_metadata.version("importlib_metadata").partition(".")[0] in ("4", "10")
    assert "zipp" in [each.metadata["Name"] for each in importlib_metadata.distributions()]
    try:
        importlib_metadata.version("a name that nobody has")
    except importlib_metadata.PackageNotFoundError:
        return importlib_metadata.EntryPoint("a", "b", "c")
    raise AssertionError("a distribution was found that nobody has")
