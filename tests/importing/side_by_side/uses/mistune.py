"""Renders Markdown."""

import mistune


def use() -> object:
    render = mistune.create_markdown() if hasattr(mistune, "create_markdown") else mistune.Markdown()
    assert render("# a\n\n**b**").split() == ["<h1>a</h1>", "<p><strong>b</strong></p>"]
    return render
