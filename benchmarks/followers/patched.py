"""Run by jurigged, which puts new code into the functions that are there: `jurigged -w FOLDER patched.py`."""

import lines
from shop import main

lines.say(ready=True)
while lines.told():
    found, at = lines.next_answer(main.answer)
    lines.say(answer=found, at=at)
