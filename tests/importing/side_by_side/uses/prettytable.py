"""Draws a table."""

from prettytable import PrettyTable


def use() -> object:
    table = PrettyTable(["a", "b"])
    table.add_row([1, "字"])
    assert table.get_string().splitlines()[3] == "| 1 | 字 |"
    assert "<td>1</td>" in table.get_html_string()
    return table
