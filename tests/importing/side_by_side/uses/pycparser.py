"""Parses C and writes it again; its parser tables are modules found by name."""

from pycparser import c_generator, c_parser


def use() -> object:
    parser = c_parser.CParser()
    tree = parser.parse("int f(int a) { return a + 1; }")
    assert tree.ext[0].decl.name == "f"
    assert "return a + 1;" in c_generator.CGenerator().visit(tree)
    return parser
