"""Keeps lists and dictionaries sorted."""

from sortedcontainers import SortedDict, SortedList


def use() -> object:
    numbers = SortedList([3, 1, 2])
    numbers.add(0)
    assert (list(numbers), numbers.bisect(2)) == ([0, 1, 2, 3], 3)
    assert list(SortedDict(b=1, a=2)) == ["a", "b"]
    return numbers
