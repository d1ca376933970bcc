"""Drops what was used least; memoises."""

import cachetools


def use() -> object:
    cache = cachetools.LRUCache(maxsize=2)
    cache.update(a=1, b=2)
    assert cache["a"] == 1
    cache["c"] = 3
    assert sorted(cache) == ["a", "c"]
    square = cachetools.cached({})(lambda x: x * x)
    assert square(3) == square(3) == 9
    return cache
