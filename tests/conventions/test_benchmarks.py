"""The benchmarks run through, and each promise has its row."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.families import FAMILIES
from benchmarks.rows import Figure, Row

ROOT = Path(__file__).parents[2]
PROMISED = {
    *(f"start-{count}" for count in (50, 200, 1000)),
    *(
        f"start-{count}-{beside}"
        for count in (50, 200, 1000)
        for beside in (
            "compact",
            "plain_import",
            "metadata",
            "stevedore_manager",
            "pluggy_eager",
            "npe2_manifests",
        )
    ),
    "start-memory-resident",
    *(
        f"first-import-{side}-{kind}-{count}"
        for side in ("context", "realm", "least")
        for kind in ("small", "real")
        for count in (20, 200)
    ),
    *(
        f"second-version-{way}-{what}-{kind}"
        for way in ("released", "dev")
        for what in ("time", "memory")
        for kind in ("small", "real")
    ),
    "access-facade",
    "access-activation",
    "access-enter",
    "warm-from-own",
    "warm-import-module",
    "finder-miss",
    "sharing-small",
    "sharing-real",
    "sharing-after-small",
    "sharing-after-real",
    *(f"hook-inside-{count}" for count in (1, 10, 100)),
    "tool-validated-once",
    "tool-inline",
    "tool-pool",
    "switch",
    "switch-hooked",
    "switch-adopt",
    "switch-preparation",
    "contexts-memory",
    *(f"piecewise-{what}-{times}" for what in ("compile", "settled") for times in (1, 4, 10)),
    "piecewise-known",
    *(f"postponed-{kind}" for kind in ("plain", "pydantic", "small", "real")),
    *(
        f"reload-{what}-{kind}"
        for kind in ("plain", "pydantic")
        for what in (
            *("work", "f1", "f2", "files", "uvicorn", "hmr", "jurigged", "autoreload"),
            *("notify", "settle", "capture", "compile", "execute", "check", "switch", "keep"),
        )
    ),
    *(f"propagation-{what}" for what in ("own", "shared", "look-own", "look-shared")),
    "reload-pause",
    "reload-collection",
    *(f"resolution-{count}" for count in (1, 10, 100, 1000)),
    *(f"publish-{act}-{way}" for act in ("install", "promote") for way in ("own", "shared")),
    *(
        f"tables-{act}-{count}"
        for act in ("insert", "insert-many", "get", "list", "each")
        for count in (100, 10_000)
    ),
    "workflow-run",
    "workflow-waited",
    "console-told",
    *(f"packing-{what}" for what in ("pack", "repack", "install", "disk")),
}


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Row], str]:
    """What a quick run writes: its table, its rows, its Markdown."""
    folder = tmp_path_factory.mktemp("benchmarks")
    files = ["--json", str(folder / "rows.json"), "--markdown", str(folder / "table.md")]
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert run.returncode == 0, run.stderr
    rows = json.loads((folder / "rows.json").read_text())["rows"]
    return run.stdout, {row["key"]: Row.from_data(row) for row in rows}, (folder / "table.md").read_text()


@pytest.mark.slow
@pytest.mark.timeout(920)  # a first run makes the homes that later ones measure
def test_a_quick_run_has_every_promised_row(quick: tuple[str, dict[str, Row], str]) -> None:
    _, rows, _ = quick
    assert rows.keys() >= PROMISED
    of_one_size = {"start-help"}  # there is nothing that it could grow with
    assert all(row.growth for row in rows.values() if row.goal is not None and row.key not in of_one_size)


@pytest.mark.slow
@pytest.mark.timeout(920)  # a first run makes the homes that later ones measure
def test_the_table_and_its_markdown_show_every_row(quick: tuple[str, dict[str, Row], str]) -> None:
    table, rows, markdown = quick
    for row in rows.values():
        assert row.what in table
        assert row.what.replace("|", "\\|") in markdown
    assert "python -m benchmarks --quick" in markdown


def test_a_family_that_does_not_exist_is_refused() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "sorting"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 2
    assert all(name in run.stderr for name in FAMILIES)


@pytest.mark.parametrize(
    ("ratio", "goal", "met"), [(1.0, 1.5, True), (1.5, 1.5, True), (1.51, 1.5, False), (9.0, None, None)]
)
def test_a_goal_is_met_up_to_its_own_value(ratio: float, goal: float | None, met: bool | None) -> None:
    figure = Figure.of([1.0, 2.0, 3.0])
    assert Row("key", "what", figure, figure, "itself", ratio, goal).met is met


@pytest.mark.parametrize(
    ("ratio", "shown"), [(1.054, "1.054×"), (1.05, "1.05×"), (0.021, "0.021×"), (426.2, "426×")]
)
def test_rounding_never_hides_a_missed_goal(ratio: float, shown: str) -> None:
    figure = Figure.of([1.0])
    assert Row("key", "what", figure, figure, "itself", ratio, 1.05).shown_ratio == shown


def test_a_row_survives_json() -> None:
    figure = Figure.of([1.0, 2.0, 3.0], "B")
    row = Row("key", "what", figure, None, goal=2.0, goal_of="ours", growth="2× for 2× the work")
    assert Row.from_data(json.loads(json.dumps(row.as_data()))) == row
    assert row.met is True
