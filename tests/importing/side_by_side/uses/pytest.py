"""Collects and runs a file of tests in this process, with its rewritten asserts."""

import contextlib
import io
import os
import tempfile

import pytest


def use() -> object:
    seen: list[object] = []

    class Plugin:
        def pytest_runtest_logreport(self, report: object) -> None:
            if report.when == "call":
                seen.append((report.nodeid.rpartition(":")[2], report.outcome))

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "test_it.py")
        with open(path, "w") as file:
            file.write("def test_a(tmp_path): assert tmp_path.exists()\ndef test_b(): assert [1] == [2]\n")
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            arguments = ["-p", "no:cacheprovider", "-p", "no:terminal", "--import-mode=importlib"]
            pytest.main([*arguments, "-c", os.devnull, "--rootdir", folder, path], plugins=[Plugin()])
    assert seen == [("test_a", "passed"), ("test_b", "failed")], (seen, out.getvalue())
    return pytest.raises(ValueError)
