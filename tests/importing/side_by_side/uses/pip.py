"""Reads a requirements file with the libraries that it vendors; shows its version."""

import contextlib
import io
import os
import tempfile

from pip._internal.cli.main import main
from pip._internal.network.session import PipSession
from pip._internal.req import parse_requirements
from pip._vendor import requests
from pip._vendor.packaging.version import Version


def use() -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "requirements.txt")
        with open(path, "w") as file:
            file.write("six>=1.16  # a comment\n-e .\n")
        found = [each.requirement for each in parse_requirements(path, session=PipSession())]
    assert found == ["six>=1.16", "."]
    assert Version("1.10") > Version("1.9")
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        main(["--version"])
    assert out.getvalue().startswith("pip 2"), out.getvalue()
    return requests.Request("GET", "http://example.org").prepare()
