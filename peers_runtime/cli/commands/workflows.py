"""`peers workflows`: what the active packages can do in steps, and the runs of that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from peers_runtime.base import errors, ids
from peers_runtime.cli import answers, completion, failures, settings
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.arguments import JSONObject
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.decisions import dry_run_option
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime import Run
    from peers_runtime.model.workflows import RunState, StepData


@group("workflows")
def workflows() -> Answer | None:
    """List, show and run workflows, and resume or cancel their runs."""
    return _listed() if click.get_current_context().invoked_subcommand is None else None


@command("list")
def list_workflows() -> Answer:
    """List the workflows that are active in a context."""
    return _listed()


@command("show")
@click.argument("name", shell_complete=completion.workflows, metavar="NAME|RUN")
def show(name: str) -> Answer:
    """Print a workflow's steps and input, or how far a run is. A run is named by its id."""
    with opened_runtime() as runtime:
        known = runtime.context(current().context).workflows
        if name not in known and ids.is_id(name):
            return _run_shown(known.run(name).state)
        workflow = known[name].data
        names = {one.workflow_id: one.name for one in known.list()}
        names |= {one.assistant_id: one.name for one in runtime.context(current().context).assistants.list()}
    lines = [workflow.name, *([workflow.usage_description] if workflow.usage_description else []), ""]
    rows = [(step.name, _what(step, names), _on_error(step)) for step in workflow.steps]
    table = Table(("step", "does", "on error"), rows)
    data = {**workflow.wire(), "package": workflow.package, "version": workflow.version}
    return Answer(data, [*lines, table, "", "Input", _json(workflow.input_schema)])


@command("run")
@click.argument("name", shell_complete=completion.workflows)
@click.argument("given", type=JSONObject(), default="{}", metavar="[JSON]")
def run(name: str, given: dict[str, Any]) -> Answer:
    """Run a workflow to its end with a JSON object as its input; `-` reads it from stdin.

    What ends before that goes on with: peers workflows resume
    """
    settings = current()
    with opened_runtime() as runtime:
        begun = runtime.context(settings.context).workflows[name].begin(given)
        settings.progress(f"run {begun.run_id}")
        output = answers.plain(begun.result())
        state = begun.state
    return Answer(state.wire(), [_json(output)])


@command("runs")
@click.option("--unfinished", is_flag=True, help="Only those that have not ended.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The newest so many.")
def runs(unfinished: bool, limit: int) -> Answer:
    """List the runs of a context, the newest last."""
    context = current().context
    with opened_runtime() as runtime:
        found = runtime.context(context).workflows.runs(unfinished=unfinished, limit=limit)
        return _runs_listed([one.state for one in found], f"no runs in {context}")


@command("resume")
@click.argument("run_id", metavar="[RUN]", required=False)
def resume(run_id: str | None) -> Answer:
    """Let a run that was interrupted go on to its end, or all of a context at which nobody works."""
    context = current().context
    with opened_runtime() as runtime:
        known = runtime.context(context).workflows
        if run_id is not None:
            resumed = known.run(run_id)
            output = answers.plain(resumed.result())
            return Answer(resumed.state.wire(), [_json(output)])
        taken = known.resume()
        troubles = [said for one in taken if (said := _trouble(one)) is not None]
        answer = _runs_listed([one.state for one in taken], f"no run in {context} was interrupted")
    return Answer(answer.data, [*answer.parts, *troubles], failures.PROBLEMS if troubles else 0)


@command("cancel")
@click.argument("run_id", metavar="RUN")
@dry_run_option
def cancel(run_id: str, dry_run: bool) -> Answer:
    """Let a run not go on; a step that is under way ends first."""
    with opened_runtime() as runtime:
        state = runtime.context(current().context).workflows.run(run_id).cancel(dry_run=dry_run)
    would = "would be" if dry_run else "is"
    lines = [f"the run {state.run_id} of {state.label} {would} cancelled"]
    if dry_run:
        lines.append("nothing was changed: this was a dry run")
    return Answer({**state.wire(), "applied": not dry_run}, lines)


for one in (list_workflows, show, run, runs, resume, cancel):
    workflows.add_command(one)


def _listed() -> Answer:
    context = current().context
    with opened_runtime() as runtime:
        known = runtime.context(context).workflows.list()
    rows = [
        (one.name, f"{one.package} {one.version}", str(len(one.steps)), one.usage_description)
        for one in known
    ]
    data = [{**one.wire(), "package": one.package, "version": one.version} for one in known]
    headers = ("name", "package", "steps", "usage")
    return Answer(data, [Table(headers, rows, empty=f"no workflows in {context}")])


def _runs_listed(states: list[RunState], empty: str) -> Answer:
    rows = [
        (one.run_id, one.label, one.version, one.status, one.actor, one.started_at[:19]) for one in states
    ]
    headers = ("run", "workflow", "version", "status", "for", "began")
    return Answer([one.wire() for one in states], [Table(headers, rows, empty=empty)])


def _run_shown(state: RunState) -> Answer:
    head = f"{state.run_id}: {state.label} {state.version} for {state.actor} is {state.status}"
    rows = [
        (step.path, step.kind, step.status, str(step.attempt), step.fault.message if step.fault else "")
        for step in state.steps
    ]
    lines: list[str | Table] = [head, Table(("step", "kind", "status", "attempt", "error"), rows, empty="")]
    if state.status == "done":
        lines += ["", "Output", _json(state.output)]
    elif state.status == "running":
        resume = settings.run().complete(f"peers workflows resume {state.run_id}")
        lines.append(f"if nobody works at it, it goes on with: {resume}")
    return Answer(state.wire(), lines)


def _trouble(resumed: Run) -> str | None:
    """Why a run did not come to a good end, in a line."""
    try:
        resumed.result()
    except errors.PeersError as error:
        return f"{resumed.run_id}: {error.message}"
    return None


def _what(step: StepData, names: Mapping[str, str]) -> str:
    named = step.workflow_id or step.assistant_id
    if step.tool is not None:
        return f"tool {step.tool.name or step.tool.tool_id}"
    return f"{step.kind} {names.get(named or '', named)}"


def _on_error(step: StepData) -> str:
    after = step.on_error if isinstance(step.on_error, str) else f"run {step.on_error.name}"
    return f"{after} after {step.retries + 1} attempts" if step.retries else after


def _json(data: Any) -> str:
    text = json.dumps(data, indent=2, ensure_ascii=False, default=str)
    return text.encode(errors="backslashreplace").decode()  # half a character's escape is JSON too
