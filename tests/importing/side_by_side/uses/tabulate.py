"""Draws tables."""

from tabulate import tabulate


def use() -> object:
    assert tabulate([["a", 1.5]], headers=["x", "y"], tablefmt="github").splitlines()[-1] == "| a   | 1.5 |"
    assert "<td>a" in tabulate([["a"]], tablefmt="html")
    return tabulate
