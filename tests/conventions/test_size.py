"""A module is read in one sitting."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 400
FOLDERS = ("peers_runtime", "peers_packages", "sample_packages", "tests", "docs", "benchmarks")


def test_no_module_is_longer_than_one_sitting() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
    }
    assert lengths, "no module was found"
    too_long = {path: lines for path, lines in lengths.items() if lines > LIMIT}
    assert not too_long, f"longer than {LIMIT} lines"
