"""A package that does what leaks elsewhere, in some twenty modules, and the edits that it is given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.dev import soaked_effects, soaked_kinds
from tests.world import an_id, project

NAME = "soaked"
HOST = "soak"  # whose hooks it implements
PATH = "soaked/home"
_UI = an_id(NAME, "ui")
_TOOL = an_id(NAME, "tool")

_DEFINITION = f"""
from soaked import tools
main = pkg.contract({an_id(NAME, "contract")!r}, 1, "Soaked")
main.tools = [tools.count]
main.tables = [tools.counts]
main.observables = [tools.latest]
main.events = [tools.counted]
pkg.hooks = "soaked.hooks"
"""

_DOORS = {
    "routes.py": f"""
from peers_runtime import Route
routes = [Route(peers_ui_id={_UI!r}, path={PATH!r})]
""",
    "uis.py": f"""
from peers_runtime import UI
uis = [UI(peers_ui_id={_UI!r}, name="Home", content="soaked.ui:home")]
""",
    "ui.py": """
from soaked import models

def home(props, ctx):
    return f"{models.used()[0]} {props}"
""",
    "tools.py": f"""
from peers_runtime import Event, Observable, Table, tool
from pydantic import BaseModel
from soaked import everything, texts

class Count(BaseModel):
    times: int = 1

class Counted(BaseModel):
    modules: int
    revisions: int

@tool(tool_id={_TOOL!r}, usage="Use everything, and count what was used")
def count(args: Count, ctx) -> Counted:
    for _ in range(args.times):
        used = everything.used()
    texts.tell()
    ctx.logger.info("counted")
    found = Counted(modules=len(used), revisions=everything.revisions())
    ctx.tables["Counts"].save(Row(name="last", **found.model_dump()))
    ctx.observables["latest"].set(found)
    ctx.events["counted"].emit(found)
    return found

class Row(Counted):
    name: str

counts = Table(table_id={an_id(NAME, "table")!r}, name="Counts", model=Row, primary_key="name")
latest = Observable({an_id(NAME, "observable")!r}, "latest", type=Counted | None, initial=None)
counted = Event({an_id(NAME, "event")!r}, "counted", payload=Counted)
""",
    "everything.py": """
import importlib, pkgutil
import soaked

def modules():
    names = [each.name for each in pkgutil.iter_modules(soaked.__path__)]
    return [importlib.import_module(f"soaked.{name}") for name in names if name != "everything"]

def used():
    return [module.used() for module in modules() if hasattr(module, "used")]

def revisions():
    return sum(getattr(module, "REVISION", 0) for module in modules())
""",
    "hooks.py": """
import pluggy
from soaked import coding, ending, shapes, tools
from soaked.models import Tree

peers = pluggy.HookimplMarker("peers")
host = pluggy.HookimplMarker("soak")
STATE = {"reloads": 0, "trees": []}

@peers
def peers_activated(context, data, ctx):
    STATE.update(data)
    ctx.tables["Counts"].data_changed(lambda change: heard(ctx, change.row))
    ctx.observables["latest"].subscribe(lambda counted: heard(ctx, counted))
    ctx.events["counted"].subscribe(lambda counted: heard(ctx, counted))
    coding.begin()
    ending.begin()

def heard(ctx, counted):
    assert isinstance(counted, tools.Counted), "another version's"
    ctx.logger.debug("heard")

@peers
def peers_dispose(data):
    coding.end()
    ending.end()
    data["reloads"] = STATE["reloads"] + 1
    data["trees"] = STATE["trees"][-3:] + [Tree(name="x").model_dump()]

@host
def soak_connect(host):
    host.Shape.register(shapes.Square)
    class Own(host.Shape): ...
    host.listeners.add(Own)
    host.annotated(shapes.Stack)
    return STATE["reloads"]

@host(wrapper=True)
def soak_wrap(value):
    return (yield)
""",
}
_MODULES = {**soaked_kinds.MODULES, **soaked_effects.MODULES, **_DOORS}


def write(folder: Path, more: Mapping[str, str] | None = None) -> Path:
    """Write the project; `more` is appended to modules."""
    appended = more or {}
    return project(
        folder,
        NAME,
        files={path: f"{text}{appended.get(path, '')}REVISION = 0\n" for path, text in _MODULES.items()},
        definition=_DEFINITION,
        dependencies='["peers-runtime", "pluggy", "pydantic"]',
    )


def edit(folder: Path, number: int) -> None:
    """Save one module, the next one in turn, with another revision."""
    path = folder / NAME / list(_MODULES)[number % len(_MODULES)]
    text, _, _ = path.read_text().rpartition("REVISION")
    path.write_text(f"{text}REVISION = {number}\n")


def revisions(number: int) -> int:
    """What `everything.revisions` says after edit `number`: which code runs is seen by it."""
    latest = {each % len(_MODULES): each for each in range(number + 1)}
    return sum(latest.values()) - latest.get(list(_MODULES).index("everything.py"), 0)
