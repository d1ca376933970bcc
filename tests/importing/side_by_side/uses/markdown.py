"""Renders with extensions, which it finds by entry points and by dotted name."""

import markdown


def use() -> object:
    made = markdown.Markdown(extensions=["tables", "markdown.extensions.toc"])
    assert "<td>1</td>" in made.convert("a | b\n--|--\n1 | 2")
    assert '<h1 id="hello-you">' in made.reset().convert("# Hello, you")
    return made
