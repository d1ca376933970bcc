"""What the shell is told: 0 done, 1 problems found, 2 asked wrongly, 3 refused, 4 in conflict with others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.cli import failures
from tests.cli.running import SAMPLES, Ran

Peers = Callable[..., Ran]
OF_FAMILY = {
    errors.PackageError: 1,
    errors.StorageError: 1,
    errors.UsageError: 2,
    errors.Refused: 3,
    errors.Conflict: 4,
}


def coded(kind: type[errors.PeersError]) -> list[type[errors.PeersError]]:
    below = [each for one in kind.__subclasses__() for each in coded(one)]
    return [kind, *below] if "code" in vars(kind) else below


@pytest.mark.parametrize("family", OF_FAMILY, ids=lambda family: family.__name__)
def test_every_error_of_a_family_has_its_exit_code(family: type[errors.PeersError]) -> None:
    kinds = coded(family)
    assert kinds
    assert {kind: failures.exit_code_of(kind) for kind in kinds} == dict.fromkeys(kinds, OF_FAMILY[family])


def test_no_error_is_of_another_family() -> None:
    assert set(errors.PeersError.__subclasses__()) == set(OF_FAMILY)


COMMANDS = {
    "list -c acme": 0,
    "promote notes 1.0.0 --to beta -c acme --dry-run": 0,
    "explain P0203": 0,
    "check broken": 1,
    "install broken -c acme": 1,
    "show nothing -c acme": 2,
    "list -c nowhere": 2,
    "tools run add_note {} -c acme": 2,
    "explain P9999": 2,
    "promote notes": 2,
    "install SAMPLES/themes -c acme --actor mallory": 3,
    "members set grace admin -c acme --actor mallory": 3,
    "contexts create acme": 4,
}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_ends_with_it_however_it_answers(
    words: str,
    form: str,
    peers_here: Peers,
    home: Path,
    project: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    project({"plain/package.py": "1 / 0\n"}).rename(tmp_path / "broken")
    monkeypatch.chdir(tmp_path)
    given = words.replace("SAMPLES", str(SAMPLES)).split()
    ran = peers_here("--home", home, *given, *(["--json"] if form == "json" else []))
    assert ran.code == COMMANDS[words], ran.out + ran.err
