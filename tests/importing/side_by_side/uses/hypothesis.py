"""Finds the smallest example that breaks a promise."""

from hypothesis import find, settings, strategies


def use() -> object:
    quiet = settings(database=None)
    assert find(strategies.lists(strategies.integers()), lambda xs: sum(xs) > 10, settings=quiet) == [11]
    return quiet
