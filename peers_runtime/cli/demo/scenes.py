"""What is shown, scene by scene; ordinary use of a runtime by a host."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from peers_runtime.base import errors
from peers_runtime.cli.answers import Table
from peers_runtime.cli.demo import cold_start, host_code, imported, samples
from peers_runtime.cli.demo.play import Play
from peers_runtime.cli.demo.stage import Card

ACME: Final = "acme"
GLOBEX: Final = "globex"
BOTH: Final = (ACME, GLOBEX)

ACME_NOTE: Final = {"title": "Call the bank", "body": "Before noon"}
GLOBEX_NOTE: Final = {"title": "Ship it", "text": "On Friday", "tags": ["work"], "priority": "high"}
PATHS: Final = ("notes", "notes/search", "notes/tag-work", "charts")


def play_all(play: Play) -> None:
    play.stage.opening(
        "peers demo",
        "One process, one package, two versions: acme uses notes 1.0.0, globex uses notes 2.0.0.\n"
        f"Everything is kept in {play.home}.",
    )
    for number, (title, scene) in enumerate(SCENES, 1):
        play.stage.scene(number, title)
        scene(play)
    play.stage.say("Next: peers demo --dev edits a package while it serves.")


def install_packages(play: Play) -> None:
    runtime = play.runtime
    known = {context.context_id for context in runtime.contexts.list()}
    for name in BOTH:
        if name not in known:
            runtime.contexts.create(name, kind="group")
    with play.timed("build a wheel of notes 2.0.0"):
        wheel = samples.wheel(play.samples / "notes-2", play.wheels)
    wanted = [
        (ACME, play.samples / "notes-1"),
        (GLOBEX, wheel or play.samples / "notes-2"),
        *((name, play.samples / sample) for sample in ("themes", "charts") for name in BOTH),
    ]
    rows = []
    for context, source in wanted:
        with play.timed(f"install {source.name} in {context}"):
            version = runtime.install(source, context=context)
        kind = "wheel" if source.suffix == ".whl" else "folder"
        rows.append((context, version.name, version.version, version.version_tag, kind, _last(play)))
    play.stage.table(Table(("context", "package", "version", "tag", "from a", "time"), rows))


def call_tools(play: Play) -> None:
    for name, arguments in ((ACME, ACME_NOTE), (GLOBEX, GLOBEX_NOTE)):
        context = play.runtime.context(name)
        with play.timed(f"call add_note in {name}"):
            context.tools["add_note"](**arguments)
        play.stage.fact(name, f"add_note({_call(arguments)})")
    try:
        play.runtime.context(GLOBEX).tools["add_note"](**ACME_NOTE)
    except errors.InvalidInput as error:
        play.stage.fact(f"{GLOBEX}, called as in {ACME}", f"refused: {error.message.splitlines()[0]}")
    play.stage.say("The rows in SQLite, one file per context:")
    play.stage.cards(
        [
            Card(
                f"{name}: Notes",
                "\n".join(_row(row) for row in play.runtime.context(name).tables["Notes"].list()),
            )
            for name in BOTH
        ]
    )


def start_again(play: Play) -> None:
    play.restart()
    play.stage.fact("modules of packages that are imported now", imported.shown(imported.since(frozenset())))
    with play.timed("start a new process, to its first matched route"):
        start = cold_start.measure(play.home, ACME, "notes")
    libraries = [name for name in cold_start.LIBRARIES if name in start.modules]
    play.stage.fact(
        f"a new process, to its first matched route ({start.label})",
        f"{_milliseconds(start.seconds)}, of which a bare interpreter takes {_milliseconds(start.bare_s)}",
    )
    play.stage.fact(f"of {', '.join(cold_start.LIBRARIES)} it imported", imported.shown(libraries))
    play.stage.cards(
        [
            Card(
                f"{name}: apps",
                "\n".join(
                    f"{app.display_name}  ({app.package} {app.version})"
                    for app in play.runtime.context(name).apps
                ),
            )
            for name in BOTH
        ]
    )


def match_routes(play: Play) -> None:
    before = imported.modules()
    rows = []
    for path in PATHS:
        for name in BOTH:
            with play.timed(f"match {path} in {name}"):
                match = play.runtime.context(name).routes.match(path)
            screen = _ui_name(play, name, match)
            rows.append((path, name, f"{match.package} {match.version}", screen, match.reason, _last(play)))
    play.stage.table(Table(("path", "context", "goes to", "screen", "because", "time"), rows))
    play.stage.fact("imported to judge is_match, once", imported.shown(imported.since(before)))
    play.stage.say(f"Why each route of {GLOBEX} won or lost notes/search:")
    considered = play.runtime.context(GLOBEX).routes.explain("notes/search")
    play.stage.table(
        Table(
            ("route", "package", "", "because"),
            [
                (one.route.shown, one.route.package.label, "won" if one.chosen else "", one.reason)
                for one in considered
            ],
        )
    )


def navigate(play: Play) -> None:
    cards = []
    for name in BOTH:
        context = play.runtime.context(name)
        for visit in ("first", "second"):
            before = imported.modules()
            with play.timed(f"{visit} navigation to notes in {name}"):
                rendered = context.render("notes")
            play.stage.fact(
                f"{name}, {visit} navigation, {_last(play)}",
                f"imported {imported.shown(imported.since(before))}",
            )
        title = f"{name}: notes, by {rendered.package} {rendered.version}"
        cards.append(Card(title, str(rendered.content), _colour(play, name)))
    play.stage.cards(cards)


def import_in_host_code(play: Play) -> None:
    play.stage.code(host_code.SOURCE)
    with play.timed("run that host code in both contexts"):
        host_code.run(play.runtime, play.stage.fact)


def call_hook(play: Play) -> None:
    for name in BOTH:
        with play.timed(f"call the hook in {name}"):
            colours = play.runtime.context(name).hook.theme_colors(context_id=name)
        play.stage.fact(f"{name}: hook.theme_colors(context_id={name!r})", json.dumps(colours))


def depend_on_packages(play: Play) -> None:
    """What `week` is made of is in the home by now; its peers.lock says which snapshots that are."""
    context = play.runtime.context(GLOBEX)
    with play.timed(f"install week in {GLOBEX}"):
        play.runtime.install(play.samples / "week", context=GLOBEX)
    needs = play.runtime.manifest("week", context=GLOBEX).dependencies
    play.stage.fact("peers.lock of week", ", ".join(f"{one.name} {one.version}" for one in needs))
    with play.timed(f"render week in {GLOBEX}"):
        rendered = context.render("week")
    play.stage.cards([Card(f"{GLOBEX}: week", str(rendered.content), _colour(play, GLOBEX))])
    play.stage.fact(f"notes of {GLOBEX} itself", context.module("notes.store").describe())


def talk_through_a_contract(play: Play) -> None:
    """What `projects` consumes is a contract's id; who provides it is the context's matter."""
    runtime, folder = play.runtime, play.samples
    rows = []

    def use(what: str, project: str, *steps: str) -> None:
        context = runtime.context(GLOBEX)
        number = context.tables["Projects"].count() + 1  # the home may have been played in before
        with play.timed(f"plan a {project} in {GLOBEX}, through a contract"):
            context.tools["plan_project"](name=f"{project} {number}", steps=steps)
        contract, _ = runtime.contracts.show("Tasks@1", GLOBEX)
        tasks = context.contract(contract.contract_id, 1)
        whom = ", ".join(str(one.provider) for one in contract.consumers)
        rows.append((what, whom, str(tasks.observables["open_tasks"]()), _last(play)))

    with play.timed(f"install projects and tasks 1.0.0 in {GLOBEX}, in one act"):
        runtime.install_all([folder / "projects", folder / "tasks-1"], context=GLOBEX)
    use("projects and tasks 1.0.0 are installed", "shelf", "Measure", "Paint")
    try:
        runtime.disable("tasks", context=GLOBEX, dry_run=True)
    except errors.ContractNeeded as error:
        play.stage.fact("peers disable tasks --dry-run", f"refused: {error.message}")
    runtime.install(folder / "fancy_tasks", context=GLOBEX)
    runtime.contracts.set_provider("Tasks@1", "fancy_tasks", GLOBEX)
    use("fancy_tasks is chosen", "garden", "Dig")
    runtime.install(folder / "tasks-2", context=GLOBEX)
    runtime.contracts.set_provider("Tasks@1", None, GLOBEX)
    use("tasks 2.0.0 is installed, and nobody chosen", "party", "Invite")
    heads = ("when", "projects gets Tasks from", "open tasks there", "the first call took")
    play.stage.table(Table(heads, rows))


def contain_what_is_broken(play: Play) -> None:
    context = play.runtime.context(ACME)
    cards = []
    for path in ("charts", "charts/pie", "charts/gauge"):
        with play.timed(f"render {path} in {ACME}"):
            rendered = context.render(path)
        if rendered.error is None:
            cards.append(Card(path, str(rendered.content), "green"))
        else:
            card = rendered.error
            cards.append(Card(f"{path}: {card.code}, {card.package} {card.version}", card.message, "red"))
    play.stage.cards(cards)


def switch_under_a_request(play: Play) -> None:
    with play.runtime.context(ACME) as request:
        with play.timed(f"install and activate notes 2.0.0 in {ACME}, under a request"):
            play.runtime.install(play.samples / "notes-2", context=ACME)
        play.stage.fact("the request that began before", request.modules["notes.store"].describe())
    with play.runtime.context(ACME) as request:
        play.stage.fact("a request that begins after", request.modules["notes.store"].describe())
    play.stage.cards(
        [Card(f"{ACME}: notes", str(play.runtime.context(ACME).render("notes").content), _colour(play, ACME))]
    )


def show_times(play: Play) -> None:
    play.stage.table(
        Table(("step", "time"), [(what, _milliseconds(seconds)) for what, seconds in play.times])
    )


SCENES: Final[tuple[tuple[str, Callable[[Play], None]], ...]] = (
    ("Two versions are installed, each in its context", install_packages),
    ("One tool, two inputs; the rows are real", call_tools),
    ("The host starts again, and imports no package", start_again),
    ("Which route takes each path, and why", match_routes),
    ("The first navigation imports what it shows, the second nothing", navigate),
    ("The same import statement, two answers", import_in_host_code),
    ("A hook calls what is active, here and there", call_hook),
    ("A package of two others has them in the versions that it locked", depend_on_packages),
    ("A package uses another one, and does not know which", talk_through_a_contract),
    ("What is broken stays where it is", contain_what_is_broken),
    ("A switch under a running request", switch_under_a_request),
    ("How long each step took", show_times),
)


def _ui_name(play: Play, context: str, match: Any) -> str:
    manifest = play.runtime.manifest(match.package, context=context)
    return next(ui.name for ui in manifest.definition.uis if ui.peers_ui_id == match.peers_ui_id)


def _colour(play: Play, context: str) -> str:
    palettes = play.runtime.context(context).hook.theme_colors(context_id=context)
    return next((palette["frame"] for palette in palettes if "frame" in palette), "white")


def _call(arguments: Any) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def _row(row: Any) -> str:
    return _call(row.model_dump(exclude={"note_id"}))


def _last(play: Play) -> str:
    return _milliseconds(play.times[-1][1])


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
