"""Composes and curries functions."""

import toolz
from toolz.curried import map as curried_map


def use() -> object:
    count = toolz.compose(toolz.frequencies, str.lower)
    assert count("aAb") == {"a": 2, "b": 1}
    assert list(curried_map(lambda x: x + 1)([1, 2])) == [2, 3]
    assert toolz.get_in(["a", 0], {"a": [5]}) == 5
    return count
