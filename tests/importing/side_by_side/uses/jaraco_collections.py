"""Uses several distributions of one namespace package."""

from jaraco import text
from jaraco.collections import FoldedCaseKeyedDict, RangeMap


def use() -> object:
    headers = FoldedCaseKeyedDict({"Content-Type": "text"})
    assert headers["content-type"] == "text"
    assert RangeMap({3: "few", 9: "many"})[5] == "many"
    assert text.FoldedCase("A") == "a"
    return headers
