"""Runs a command with options, and one that is wrong."""

import click
from click.testing import CliRunner


@click.command()
@click.option("--count", type=int, default=1)
@click.argument("name")
def hello(count: int, name: str) -> None:
    click.echo(f"hello {name}" * count)


def use() -> object:
    assert CliRunner().invoke(hello, ["--count", "2", "you"]).output == "hello youhello you\n"
    assert "not a valid integer" in CliRunner().invoke(hello, ["--count", "x", "you"]).output
    return hello
