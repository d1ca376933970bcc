"""Parses TOML and refuses what is none."""

import tomli


def use() -> object:
    assert tomli.loads("[a]\nb = [1, 2]") == {"a": {"b": [1, 2]}}
    try:
        tomli.loads("a = ")
    except tomli.TOMLDecodeError as error:
        return error
    raise AssertionError("what is no TOML was parsed")
