"""Publishes reStructuredText as HTML; finds readers and writers by name."""

from docutils.core import publish_doctree, publish_parts


def use() -> object:
    parts = publish_parts("A *small* text\n\n.. note:: with a note", writer_name="html5")
    assert "<em>small</em>" in parts["body"]
    document = publish_doctree("Title\n=====\n\n- a\n- b\n")
    assert document.astext() == "Title\n\na\n\nb"
    return document
