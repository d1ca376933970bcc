"""Finds the differences of nested data."""

from deepdiff import DeepDiff


def use() -> object:
    diff = DeepDiff({"a": [1, 2], "b": 1}, {"a": [1, 3], "b": 1})
    assert diff == {"values_changed": {"root['a'][1]": {"new_value": 3, "old_value": 2}}}
    return diff
