"""Highlights code; finds lexer, formatter and style by name."""

from pygments import highlight
from pygments.formatters import get_formatter_by_name
from pygments.lexers import get_lexer_by_name, guess_lexer_for_filename
from pygments.styles import get_style_by_name


def use() -> object:
    lexer = get_lexer_by_name("python")
    assert '<span class="k">def</span>' in highlight("def f(): pass", lexer, get_formatter_by_name("html"))
    assert guess_lexer_for_filename("x.rs", "fn main() {}").name == "Rust"
    assert get_style_by_name("monokai").background_color == "#272822"
    return lexer
