"""Completes and finds a definition, in the stubs that it carries."""

import jedi
from jedi.api.environment import InterpreterEnvironment


def use() -> object:
    here = InterpreterEnvironment()  # another process would be handed pickles that name a realm's classes
    script = jedi.Script("import json\njson.lo", environment=here)
    assert [each.name for each in script.complete(2, 7)] == ["load", "loads"]
    assert jedi.Script("x = 1\nx", environment=here).infer(2, 0)[0].name == "int"
    return script
