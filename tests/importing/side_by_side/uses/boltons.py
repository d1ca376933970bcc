"""Caches, chunks, keeps several values to a key."""

from boltons import cacheutils, dictutils, iterutils


def use() -> object:
    assert iterutils.chunked(range(5), 2) == [[0, 1], [2, 3], [4]]
    assert dictutils.OMD([("a", 1), ("a", 2)]).getlist("a") == [1, 2]
    cache = cacheutils.LRU(max_size=1)
    cache["a"] = 1
    cache["b"] = 2
    assert list(cache) == ["b"]
    return cache
