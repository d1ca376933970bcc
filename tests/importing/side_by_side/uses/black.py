"""Formats a piece of code."""

import black


def use() -> object:
    mode = black.Mode(line_length=40)
    assert black.format_str("x = {  'a':1 }", mode=mode) == 'x = {"a": 1}\n'
    return mode
