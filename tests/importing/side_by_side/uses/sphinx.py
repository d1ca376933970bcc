"""Builds a small site: themes and extensions are found by name and by entry points."""

import io
import os
import tempfile

from sphinx.application import Sphinx

TEXT = """\
Title
=====

.. code-block:: python

   x = 1

.. automodule:: json
   :members: dumps
"""


def use() -> object:
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "conf.py"), "w") as file:
            file.write("project = 'Trial'\nextensions = ['sphinx.ext.autodoc', 'sphinx.ext.napoleon']\n")
        with open(os.path.join(folder, "index.rst"), "w") as file:
            file.write(TEXT)
        out = os.path.join(folder, "out")
        warned = io.StringIO()
        app = Sphinx(folder, folder, out, out + "/doctrees", "html", status=io.StringIO(), warning=warned)
        app.build()
        with open(os.path.join(out, "index.html"), encoding="utf-8") as file:
            page = file.read()
    assert "<title>Title" in page, warned.getvalue()
    assert "json.dumps" in page, warned.getvalue()
    assert app.statuscode == 0
    return app
