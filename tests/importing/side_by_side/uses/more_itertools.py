"""Chunks, peeks, windows."""

import more_itertools


def use() -> object:
    assert list(more_itertools.chunked("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(more_itertools.windowed([1, 2, 3], 2)) == [(1, 2), (2, 3)]
    peeked = more_itertools.peekable("xy")
    assert (peeked.peek(), list(peeked)) == ("x", ["x", "y"])
    return peeked
