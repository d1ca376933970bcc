"""Parses a list by a grammar."""

import pyparsing


def use() -> object:
    number = pyparsing.Word(pyparsing.nums).setParseAction(lambda found: int(found[0]))
    numbers = pyparsing.delimitedList(number)
    assert list(numbers.parseString("1, 2, 42")) == [1, 2, 42]
    try:
        numbers.parseString("x")
    except pyparsing.ParseException as error:
        return error
    raise AssertionError("what is no number was parsed")
