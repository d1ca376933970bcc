"""Searches in nested data."""

import jmespath


def use() -> object:
    expression = jmespath.compile("people[?age > `20`].name | sort(@)")
    people = [{"name": "b", "age": 30}, {"name": "a", "age": 21}, {"name": "c", "age": 5}]
    assert expression.search({"people": people}) == ["a", "b"]
    return expression
