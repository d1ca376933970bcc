"""What pages hear of contracts: each value and each event, for as long as they may hear of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from peers_runtime import InvalidInput, Role, Runtime, web
from peers_runtime.web import hearing
from peers_runtime.web.serving import Server
from tests.web.consoles import HOST, SAMPLES, browser
from tests.web.test_changes import Stream

TASKS = "0mx234yf046d1gcfpxxyvh3i6"
LABEL = f"{TASKS}@2"


@pytest.fixture
def tasks(runtime: Runtime) -> Runtime:
    runtime.install(SAMPLES / "tasks-2", context="acme")
    return runtime


@pytest.fixture
def stream(tasks: Runtime) -> Iterator[Stream]:
    with Server(web.app(tasks)) as server, httpx2.Client(follow_redirects=True, timeout=30) as client:
        client.get(server.url)
        asked = {"contract": LABEL, "event": f"{LABEL}:task_done"}
        with client.stream("GET", f"{server.address}c/acme/events", params=asked) as answer:
            yield Stream(answer.iter_lines())


def told(stream: Stream, *kinds: str) -> tuple[str, Any]:
    """The next message of one of these kinds."""
    while True:
        kind, text = stream.next()
        assert kind != "closed"
        if kind in kinds:
            return kind, json.loads(text)


def test_the_stream_begins_with_the_state_and_what_observables_are(stream: Stream) -> None:
    assert stream.next()[0] == "state"
    kind, data = stream.next()
    assert (kind, data and json.loads(data)) == (
        "value",
        {"contract": LABEL, "name": "open_tasks", "value": 0},
    )


def test_values_and_events_are_told(tasks: Runtime, stream: Stream) -> None:
    told(stream, "value")
    tools = tasks.context("acme").tools
    task = tools["add_task"](title="Measure")
    assert told(stream, "value")[1]["value"] == 1
    tools["finish_task"](task_id=task.task_id)
    found = [told(stream, "value", "told") for _ in range(2)]
    assert (
        "told",
        {"contract": LABEL, "name": "task_done", "payload": {"task_id": task.task_id, "title": "Measure"}},
    ) in found
    assert ("value", {"contract": LABEL, "name": "open_tasks", "value": 0}) in found


def test_what_cannot_be_heard_of_is_said_and_the_rest_goes_on(tasks: Runtime) -> None:
    heard = hearing.Hearing(tasks.context("acme"), hearing.wanted([f"{TASKS}@9", LABEL], []))
    heard.begin(lambda: None)
    first, second = heard.take()
    assert b"event: silent" in first
    assert b"P0521" in first
    assert b'"value":0' in second
    heard.end()


def test_of_a_value_only_the_latest_waits_and_of_events_all(tasks: Runtime) -> None:
    heard = hearing.Hearing(tasks.context("acme"), hearing.wanted([LABEL], [f"{LABEL}:task_done"]))
    heard.begin(lambda: None)
    tools = tasks.context("acme").tools
    for title in ("a", "b", "c"):
        tools["finish_task"](task_id=tools["add_task"](title=title).task_id)
    found = heard.take()
    assert len([one for one in found if b"event: told" in one]) == 3
    assert len([one for one in found if b"event: value" in one]) == 1
    assert heard.take() == []
    heard.end()
    heard.end()
    tools["add_task"](title="d")
    assert heard.take() == []


def test_who_reads_too_slowly_begins_anew(tasks: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "_MOST_WAITING", 2)
    heard = hearing.Hearing(tasks.context("acme"), hearing.wanted([LABEL], [f"{LABEL}:task_done"]))
    heard.begin(lambda: None)
    event = tasks.context("acme").events["task_done"]
    for number in range(3):
        event.emit({"task_id": str(number), "title": "x"})
    assert heard.is_behind
    heard.end()


@pytest.mark.parametrize(
    ("contracts", "events"),
    [(["nope"], []), (["x@y"], []), (["@1"], []), ([f"x@{'9' * 10}"], []), (["x@1"] * 21, []), ([], ["x"])],
)
def test_what_names_no_contract_is_refused(contracts: list[str], events: list[str]) -> None:
    with pytest.raises(InvalidInput):
        hearing.wanted(contracts, events)


def test_who_may_no_longer_read_hears_no_more(tasks: Runtime) -> None:
    tasks.members.set("acme", "bob", Role.READER)
    with (
        Server(web.app(tasks, actor=lambda _: "bob")) as server,
        httpx2.Client(follow_redirects=True, timeout=30) as client,
    ):
        client.get(server.address)
        with client.stream("GET", f"{server.address}c/acme/events", params={"contract": LABEL}) as answer:
            stream = Stream(answer.iter_lines())
            assert told(stream, "value")[1]["value"] == 0
            tasks.members.set("acme", "bob", Role.NONE)
            tasks.context("acme").tools["add_task"](title="for others")
            assert stream.next()[0] == "ended"
            assert stream.next()[0] == "closed"


def test_another_contexts_contracts_are_heard_of_by_nobody_else(tasks: Runtime) -> None:
    tasks.members.set("globex", "bob", Role.OWNER)
    console = web.app(tasks, actor=lambda _: "bob", hosts=[HOST])
    bob = browser(console)
    assert bob.get("/c/acme/events", params={"contract": LABEL}).status_code == 403
    assert bob.get("/c/globex/events", params={"contract": "nope"}).status_code == 400
    console.close()
