"""Reads and writes XML."""

import xmltodict


def use() -> object:
    assert xmltodict.parse("<a x='1'><b>2</b><b>3</b></a>") == {"a": {"@x": "1", "b": ["2", "3"]}}
    assert xmltodict.unparse({"a": {"b": "1"}}).endswith("<a><b>1</b></a>")
    return xmltodict.parse
