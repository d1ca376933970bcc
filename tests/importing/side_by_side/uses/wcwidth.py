"""Measures text on a terminal."""

import wcwidth


def use() -> object:
    assert (wcwidth.wcswidth("コンニチハ"), wcwidth.wcwidth("a"), wcwidth.wcwidth("\u0301")) == (10, 1, 0)
    return wcwidth.wcswidth
