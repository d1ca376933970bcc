"""Defines a class, compares, converts to a dictionary."""

import attr


@attr.s(auto_attribs=True, order=True)
class Note:
    title: str
    stars: int = attr.ib(default=0, converter=int, validator=attr.validators.instance_of(int))


def use() -> object:
    assert Note("a", "1") < Note("a", 2)
    assert attr.asdict(Note("a")) == {"title": "a", "stars": 0}
    return attr.fields(Note).title
