"""What hosts and authors write; type checkers take all of it."""

from __future__ import annotations

from pydantic import BaseModel

from peers_runtime import (
    UI,
    AppNav,
    Assistant,
    AssistantAnswer,
    AssistantRequest,
    ContractTool,
    NoRoute,
    PeersError,
    Ref,
    Role,
    Route,
    Run,
    Runtime,
    Step,
    Table,
    Variable,
    VersionTag,
    Workflow,
    __version__,
    define_package,
    tool,
)


class AddNote(BaseModel):
    title: str


class Note(BaseModel):
    note_id: str
    title: str


def embed(home: str) -> str:
    with Runtime.open(home, device="laptop", actor="ada") as runtime:
        runtime.contexts.create("acme", kind="group")
        version = runtime.install("notes", context="acme")
        tag: VersionTag = version.version_tag
        ctx = runtime.context("acme")
        with ctx:
            module = ctx.module("notes.store")
        try:
            match = ctx.routes.match("notes")
        except NoRoute as error:
            return f"{error.code} {error.hint} {error.facts}"
        return f"{module.__name__} {match.peers_ui_id} {tag} {Role.ADMIN >= Role.READER} {__version__}"


def family(error: PeersError) -> str:
    return error.message


routes = [Route(peers_ui_id="0" * 25, path="notes")]
uis = [UI(peers_ui_id="0" * 25, name="Home", content="notes.ui:home")]
navs = [AppNav(name="Notes", icon_class_name="bi bi-journal")]
notes = Table(table_id="0" * 25, name="Notes", model=Note, primary_key="note_id")

variables = [
    Variable(variable_id="0" * 25, name="api_url", default="https://example.org", scope="group"),
    Variable("0" * 25, "limit", int, "device", 10),
    Variable("0" * 25, "api_key", secret=True, description="Yours."),
]


def towns(runtime: Runtime) -> list[str]:
    ctx = runtime.context("acme")
    variable = ctx.variables["towns"]
    undo = variable.subscribe(lambda value: value)
    variable.set(["Vienna"], dry_run=True)
    undo()
    return [one.name for one in ctx.variables.list() if one.is_set]


@tool(tool_id="0" * 25, usage="Adds a note.")
def add_note(args: AddNote, ctx: object) -> Note:
    return Note(note_id="1", title=args.title)


@tool(tool_id="0" * 25, usage="Answers.")
def answer(args: AssistantRequest, ctx: object) -> AssistantAnswer:
    return AssistantAnswer(text=args.text, data={"tools": [one.name for one in args.tools]})


helper = Assistant("0" * 25, "helper", "Be kind", answer, [add_note, ContractTool("0" * 25, 1, "add_task")])
plan = Workflow(
    "0" * 25,
    "plan",
    [
        Step("add", tool=add_note, arguments={"title": Ref("input.title")}, retries=2),
        Step("ask", assistant=helper, text=Ref("steps.add.title"), on_error="continue"),
        Step("again", tool="0" * 25, on_error=Step("instead", tool=add_note)),
    ],
    AddNote,
    output=[Ref("steps.ask.text")],
)


def run(runtime: Runtime) -> list[str]:
    workflows = runtime.context("acme").workflows
    begun: Run = workflows["plan"].start(title="x")
    begun.result(timeout_s=5)
    return [one.path for one in begun.steps if one.status == "done"] + [
        one.run_id for one in runtime.resume()
    ]


called: Note = add_note(AddNote(title="x"), None)
definition = define_package
