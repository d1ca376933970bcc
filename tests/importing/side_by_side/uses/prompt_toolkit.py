"""Reads a line from a pipe, with a completion."""

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, WordCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import HTML, to_formatted_text


def use() -> object:
    completer = WordCompleter(["hello", "help", "other"])
    found = completer.get_completions(Document("hel"), CompleteEvent(completion_requested=True))
    assert [each.text for each in found] == ["hello", "help"]
    buffer = Buffer()
    buffer.insert_text("abc")
    buffer.cursor_left()
    buffer.delete_before_cursor()
    assert buffer.text == "ac"
    assert to_formatted_text(HTML("<b>x</b>"))[0][0] == "class:b"
    return buffer
