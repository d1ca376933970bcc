"""`peers serve`: the console until q or a signal."""

from __future__ import annotations

import json
import re
import signal
import threading
from pathlib import Path

import httpx2
import pytest

from tests.cli.running import SAMPLES, run_peers
from tests.cli.started import ENDED, PEERS, on_terminal, piped


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert run_peers("--home", tmp_path / "home", "install", SAMPLES / "notes-1").code == 0
    return tmp_path / "home"


def test_it_prints_the_address_that_opens_it_and_ends_by_a_signal(home: Path, tmp_path: Path) -> None:
    with piped("--home", home, "serve", "--port", "0", err=tmp_path / "err") as started:
        url = started.expect(r"^(http://127\.0\.0\.1:\d+/c/personal/\?token=\S+)$")[1]
        page = httpx2.get(url, follow_redirects=True)
        assert (page.status_code, "Notes" in page.text) == (200, True)
        started.process.send_signal(signal.SIGTERM)
        assert started.code() == 128 + signal.SIGTERM
    assert (tmp_path / "err").read_text() == ""


def test_a_program_gets_the_address_as_json(home: Path, tmp_path: Path) -> None:
    words = ("--home", home, "-c", "personal", "--json", "serve", "--port", "0")
    with piped(*words, err=tmp_path / "err") as started:
        told = json.loads(started.expect(r"^(\{.+\})$")[1])
        assert (told["command"], told["event"]) == ("serve", "serving")
        assert httpx2.get(told["data"]["url"], follow_redirects=True).status_code == 200
        started.process.send_signal(signal.SIGINT)
        assert started.code() == 130


def test_on_a_terminal_q_ends_it_with_a_stream_open(home: Path) -> None:
    with on_terminal([*PEERS, "--home", home, "serve", "--port", "0"]) as started:
        url = started.expect(r"(http://127\.0\.0\.1:\d+/)c/personal/\?token=(\S+)")
        started.expect("q to quit")
        opened = threading.Event()

        def read() -> None:
            with httpx2.Client(follow_redirects=True, timeout=30) as client:
                client.get(f"{url[1]}?token={url[2]}")
                with client.stream("GET", f"{url[1]}c/personal/events") as answer:
                    for _ in answer.iter_lines():
                        opened.set()

        reading = threading.Thread(target=read)
        reading.start()
        assert opened.wait(30)
        started.press("q")
        assert started.expect(ENDED)[1] == "0"
        reading.join(30)


def test_it_answers_to_the_names_that_it_was_given(home: Path) -> None:
    with piped("--home", home, "serve", "--port", "0", "--name", "peers.example") as started:
        address = started.expect(r"^(http://127\.0\.0\.1:\d+/)")[1]
        assert httpx2.get(address, headers={"host": "peers.example"}).status_code == 401  # without the token
        assert httpx2.get(address, headers={"host": "other.example"}).status_code == 421


def test_a_port_that_cannot_be_had_is_said(home: Path) -> None:
    ran = run_peers("--home", home, "serve", "--host", "no.such.host.invalid")
    assert ran.code == 2
    assert "P0901" in ran.err
    assert ran.out == ""


def test_without_the_extra_it_says_how_to_get_it(home: Path, tmp_path: Path) -> None:
    (tmp_path / "starlette").mkdir()
    hidden = "raise ModuleNotFoundError(\"No module named 'starlette'\", name='starlette')"
    (tmp_path / "starlette" / "__init__.py").write_text(hidden)
    ran = run_peers("--home", home, "serve", "--port", "0", env={"PYTHONPATH": str(tmp_path)})
    assert ran.code == 2
    assert "peers-runtime[web]" in ran.err


def test_the_demo_serves_what_it_has_played_on_a_terminal(tmp_path: Path) -> None:
    with on_terminal([*PEERS, "demo"], TMPDIR=str(tmp_path)) as started:
        url = started.expect(r"(http://127\.0\.0\.1:\d+/c/acme/\?token=\S+)")[1]
        with httpx2.Client(base_url=url.partition("/c/")[0], follow_redirects=True) as client:
            client.get(url)
            _holds_what_a_user_can_do(client)
        started.press("q")
        assert started.expect(ENDED)[1] == "0"
    assert list(tmp_path.iterdir()) == []


def _holds_what_a_user_can_do(client: httpx2.Client) -> None:
    """Two versions of one app, acts on releases, each kind of screen, and pages that hold something."""

    def page(path: str) -> str:
        return client.get(f"/c/{path}").text

    launcher = page("acme/")
    assert "notes 1.0.0" in launcher
    assert "notes 2.0.0" in page("globex/")
    acme, globex = page("acme/packages/notes"), page("globex/packages/notes")
    for act in ("promote", "activate", "pin", "yank", "follow"):
        assert f"/c/acme/packages/notes/{act}" in acme, act
    for act in ("promote", "activate", "pin", "yank", "follow", "rollback"):
        assert f"/c/globex/packages/notes/{act}" in globex, act
    (back,) = re.findall(r'href="/c/(globex/packages/notes/rollback[^"]+)"', globex)
    assert "1.0.0 (stable)" in page(back)
    for path, shown in (
        ("board", "is filled by another package"),
        ("board", "You are in acme."),  # the overlay
        ("board/counter", "counter.js"),
        ("board/guests", "/c/acme/apps/"),
        ("board/tasks", "tasks.js"),
        ("charts/gauge", "the gauge is not connected"),
    ):
        (link,) = re.findall(rf'href="/c/(acme/s/[^"]*/{path})"', launcher)
        assert shown in page(link), path
    contracts = page("acme/contracts")
    assert "projects@1.0.0 gets it from <strong>tasks@2.0.0</strong>" in contracts
    assert "Use fancy_tasks" in contracts
    assert "decimals" in page("acme/variables")
    assert "launch" in page("acme/runs")
