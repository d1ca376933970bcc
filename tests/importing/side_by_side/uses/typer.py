"""Runs a command whose types are annotations."""

import typer
from typer.testing import CliRunner

app = typer.Typer()


@app.command()
def hello(name: str, count: int = 1) -> None:
    typer.echo(f"hello {name}" * count)


def use() -> object:
    assert CliRunner().invoke(app, ["you", "--count", "2"]).output == "hello youhello you\n"
    assert CliRunner().invoke(app, ["you", "--count", "x"]).exit_code == 2
    return app
