"""A package with variables, written from strings."""

from __future__ import annotations

from pathlib import Path

from tests.world import an_id, project

SCOPES = ("device", "user", "group", "group-device", "group-user")
SETTINGS = """
from datetime import timedelta
from pydantic import BaseModel, Field
from peers_runtime import Variable

class Server(BaseModel):
    url: str
    port: int = Field(443, alias="Port")

variables = [
"""


def declared(name: str, more: str = "", package: str = "notes") -> str:
    return f"    Variable(variable_id={an_id(package, name)!r}, name={name!r}, {more}),\n"


def a_project(folder: Path, *lines: str, name: str = "notes", version: str = "1.0.0", **files: str) -> Path:
    """A package with variables, a tool that sets one and tells it, and a UI that shows it."""
    return project(
        folder,
        name,
        version,
        files={
            "settings.py": f"{SETTINGS}{''.join(lines)}]\n",
            "tools.py": f"""
                from pydantic import BaseModel
                from peers_runtime import tool

                class Set(BaseModel):
                    name: str
                    value: str | None = None

                class Told(BaseModel):
                    value: str

                @tool(tool_id={an_id(name, "tool")!r}, usage="Sets a variable, or tells it.")
                def setting(args: Set, ctx) -> Told:
                    if args.value is not None:
                        ctx.variables[args.name].set(args.value)
                    return Told(value=ctx.variables[args.name]())
                """,
            **files,
        },
        definition=f"""
            from {name} import settings, tools
            main = pkg.contract({an_id(name, "contract")!r}, 1, "Main")
            main.tools = [tools.setting]
            pkg.variables = settings.variables
            """,
    )


def a_project_of_all_scopes(folder: Path) -> Path:
    """With a variable of each scope, named after it."""
    lines = [declared(scope.replace("-", "_"), f"scope={scope!r}, default='unset'") for scope in SCOPES]
    return a_project(folder, *lines)
