"""Draws a table with colours; highlights code, reads Markdown."""

import io

from rich.console import Console
from rich.markdown import Markdown
from rich.syntax import Syntax
from rich.table import Table


def use() -> object:
    console = Console(file=io.StringIO(), width=40, force_terminal=True, color_system="truecolor")
    table = Table("a", "b")
    table.add_row("[red]1[/red]", "字")
    console.print(table, Markdown("# Title"), Syntax("x = 1", "python"))
    text = console.file.getvalue()
    assert "\x1b[31m1" in text
    assert "字" in text
    assert "Title" in text
    return console
