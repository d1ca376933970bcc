"""An IPython shell with `%autoreload 2`, which looks for changes before it runs a cell."""

import time

import lines
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "autoreload")
shell.run_line_magic("autoreload", "2")
shell.run_cell("from shop import main").raise_error()
shell.run_cell("found = main.answer()").raise_error()
lines.say(ready=True)
while lines.told():
    shell.run_cell("found = main.answer()").raise_error()
    lines.say(answer=shell.user_ns["found"], at=time.monotonic())
