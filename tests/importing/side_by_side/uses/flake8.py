"""Checks a file with pycodestyle and pyflakes, which it finds as plugins by entry points."""

import contextlib
import io
import os
import tempfile

from flake8.main import application


def use() -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "checked.py")
        with open(path, "w") as file:
            file.write("import os\nx=1\n")
        made = application.Application()
        out = io.TextIOWrapper(io.BytesIO(), write_through=True)
        with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
            made.run(["--jobs=1", "--isolated", path])
    text = out.buffer.getvalue().decode()
    assert "F401 'os' imported but unused" in text, text
    assert "E225 missing whitespace around operator" in text, text
    return made
