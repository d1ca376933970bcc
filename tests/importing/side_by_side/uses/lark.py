"""Parses by a grammar, one that it carries imported into it."""

from lark import Lark, Transformer

GRAMMAR = """
    sum: NUMBER ("+" NUMBER)*
    %import common.NUMBER
    %import common.WS
    %ignore WS
    %s
"""


class Add(Transformer):
    def sum(self, numbers: list[str]) -> int:
        return sum(map(int, numbers))


def use() -> object:
    parser = Lark(GRAMMAR.replace("%s", ""), start="sum", parser="lalr")
    assert Add().transform(parser.parse("1 + 2 + 39")) == 42
    return parser
