"""`peers demo --release`, played to its end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.running import run_peers


@pytest.mark.slow
def test_a_version_goes_from_one_device_to_both_and_back(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    ran = run_peers("demo", "--release", env={"TMPDIR": str(scratch)})
    assert (ran.code, ran.err) == (0, "")
    assert list(scratch.iterdir()) == []
    shown = re.findall(r"^\+- (desk|laptop): notes (\S+)", ran.out, re.MULTILINE)
    assert [(desk, laptop) for (_, desk), (_, laptop) in zip(shown[::2], shown[1::2], strict=True)] == [
        ("1.0.0", "1.0.0"),
        ("1.0.0", "2.0.0"),  # a build stays on its device
        ("1.0.0", "2.0.0"),  # beta is followed by one of them
        ("2.0.0", "2.0.0"),
        ("2.0.0", "1.0.0"),  # rolled back, but for the one that is pinned
        ("2.0.0", "2.1.0"),
        ("2.1.0", "2.1.0"),
    ]
    assert "verified: every link and signature holds" in ran.out


@pytest.mark.parametrize("words", [["--dev"], ["--home", "home"]])
def test_it_stands_alone(words: list[str], tmp_path: Path) -> None:
    ran = run_peers("demo", "--release", *words, cwd=tmp_path)
    assert ran.code == 2
    assert "stands alone" in ran.err
