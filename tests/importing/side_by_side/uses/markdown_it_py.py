"""Renders and shows the tokens."""

from markdown_it import MarkdownIt


def use() -> object:
    made = MarkdownIt("commonmark").enable("table")
    assert made.render("*a* <b>") == "<p><em>a</em> <b></p>\n"
    assert [token.type for token in made.parse("# x")] == ["heading_open", "inline", "heading_close"]
    return made
