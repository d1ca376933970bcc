"""Parses code with an error, by the grammar files that it carries."""

import parso


def use() -> object:
    module = parso.parse("def f(:\n  pass\nx = 1\n")
    assert module.get_code() == "def f(:\n  pass\nx = 1\n"
    grammar = parso.load_grammar(version="3.8")
    assert [issue.message for issue in grammar.iter_errors(grammar.parse("a b"))] == [
        "SyntaxError: invalid syntax"
    ]
    return module
