from __future__ import annotations

import os
from pathlib import Path

import pytest

from peers_runtime.catalog import diagnostics
from peers_runtime.catalog.diagnostics import Diagnostics
from peers_runtime.model.diagnostic import Diagnostic
from tests.catalog import records


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "diagnostics.jsonl")


def one(message: object = "it failed", subject: str = "notes@1.0.0", **fields: str) -> Diagnostic:
    return Diagnostic(
        **{"code": "P0206", "message": str(message), "subject": subject, "at": records.AT, **fields}
    )


def messages(path: str) -> list[str]:
    return [diagnostic.message for diagnostic in Diagnostics(path).all()]


def test_what_is_reported_is_listed_oldest_first_by_every_process(path: str) -> None:
    assert messages(path) == []
    reported = [one("first"), one("second", context_id="acme", hint="mend it"), one("third ☃")]
    for diagnostic in reported:
        Diagnostics(path).report(diagnostic)
    assert Diagnostics(path).all() == reported


def test_what_an_older_release_wrote_is_still_read(path: str) -> None:
    written = (
        '{"code": "P0206", "message": "it failed", "hint": "", "subject": "a", "at": "2026-01-01T00:00:00Z"}'
    )
    Path(path).write_text(f"{written}\n")
    (found,) = Diagnostics(path).all()
    assert (found.path, found.line, found.source) == (None, None, "")
    assert {"path", "line", "source"}.isdisjoint(found.wire())
    placed = found.model_copy(update={"path": "ui.py", "line": 2, "source": "1 / 0"})
    Diagnostics(path).report(placed)
    assert Diagnostics(path).all() == [placed]


def test_what_is_said_again_counts_once_with_its_last_time(path: str) -> None:
    for at in ("1", "2", "3"):
        Diagnostics(path).report(one("same", at=at))
        Diagnostics(path).report(one("same", at=at, context_id="acme"))
    assert [(found.at, found.context_id) for found in Diagnostics(path).all()] == [("3", None), ("3", "acme")]


def test_what_is_mended_is_forgotten(path: str) -> None:
    for subject in ("notes@1.0.0", "charts@1.0.0", "notes@1.0.0"):
        Diagnostics(path).report(one(subject, subject))
    Diagnostics(path).clear("notes@1.0.0")
    Diagnostics(path).clear("never reported")
    assert messages(path) == ["charts@1.0.0"]


def test_what_was_listed_since_is_not_mended(path: str) -> None:
    for at in ("2026-01-01T00:00:00.001", "2026-01-01T00:00:00.002", "2026-01-01T00:00:00.003"):
        Diagnostics(path).report(one(at, "notes@1.0.0", at=at))
    Diagnostics(path).clear("notes@1.0.0", before="2026-01-01T00:00:00.002")
    assert messages(path) == ["2026-01-01T00:00:00.002", "2026-01-01T00:00:00.003"]


def test_the_newest_thousand_are_kept(path: str) -> None:
    listed = Diagnostics(path)
    for number in range(1200):
        listed.report(one(number))
    assert messages(path) == [str(number) for number in range(200, 1200)]


def test_the_file_is_bounded_however_long_the_messages(path: str) -> None:
    listed = Diagnostics(path)
    for number in range(600):
        listed.report(one(f"{number} {'x' * 100_000}"))
        assert os.path.getsize(path) < 1.1 * diagnostics._FULL
    kept = messages(path)
    assert kept[-1].startswith("599 ")
    assert len(kept) > 100


def test_a_half_written_line_is_passed_over(path: str) -> None:
    Diagnostics(path).report(one("whole"))
    with open(path, "ab") as file:
        file.write(b'{"code":"P0206","mess\n\xff\xfe\n[]\n')
    Diagnostics(path).report(one("after"))
    assert messages(path) == ["whole", "after"]


def test_many_processes_lose_nothing(path: str) -> None:
    program = """
import sys
from peers_runtime.catalog.diagnostics import Diagnostics
from tests.catalog.test_diagnostics import one
listed = Diagnostics(sys.argv[1])
for number in range(100):
    listed.report(one(f"{sys.argv[2]}-{number} {'x' * 3900}"))
"""
    reporters = [records.start(program, path, number) for number in range(4)]
    for reporter in reporters:
        assert reporter.communicate(timeout=60)[1] == ""
    kept = messages(path)
    assert len(kept) > 100
    for number in range(4):
        own = [int(message.split()[0].split("-")[1]) for message in kept if message.startswith(f"{number}-")]
        assert own == sorted(own)
    assert {message.split("-")[1].split()[0] for message in kept} >= {"99"}


def test_what_cannot_be_written_is_listed_by_its_reporter(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    listed = Diagnostics(str(tmp_path / "file" / "diagnostics.jsonl"))
    listed.report(one("lost to others"))
    assert [found.message for found in listed.all()] == ["lost to others"]
    listed.clear("notes@1.0.0")
    assert listed.all() == []
