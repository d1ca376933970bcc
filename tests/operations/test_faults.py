"""Where an author should look: at lines of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.operations import faults


def failed(folder: Path, line: str) -> errors.PeersError:
    """What this line of an author's file has led to."""
    path = folder / "screen.py"
    path.write_text(f"import json\n{line}\n")
    with pytest.raises(Exception) as caught:  # noqa: PT011  # whichever the line raises
        exec(compile(path.read_text(), path, "exec"), {})  # as a package's module is
    error = errors.ActivationFailed("it failed", hint="")
    error.__cause__ = caught.value
    return error


@pytest.mark.parametrize("line", ["1 / 0", "json.loads('{')"])
def test_it_is_the_authors_line_also_where_a_library_has_raised(tmp_path: Path, line: str) -> None:
    place = faults.find_place(failed(tmp_path, line))
    assert place is not None
    assert (place.path, place.line) == (str(tmp_path / "screen.py"), 2)


def test_what_happens_in_libraries_alone_has_no_place() -> None:
    error = errors.ActivationFailed("it failed", hint="")
    try:
        json.loads("{")
    except ValueError as cause:
        cause.__traceback__ = cause.__traceback__ and cause.__traceback__.tb_next
        error.__cause__ = cause
    assert faults.find_place(error) is None
