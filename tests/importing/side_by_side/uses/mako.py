"""Renders a template that runs Python."""

from mako.lookup import TemplateLookup
from mako.template import Template


def use() -> object:
    template = Template("<%! import json %>\n% for x in xs:\n${x | h}\n% endfor\n${json.dumps(xs)}")
    assert template.render(xs=["<"]) == '\n&lt;\n["<"]'
    lookup = TemplateLookup()
    lookup.put_string("base", "[${self.body()}]")
    lookup.put_string("page", '<%inherit file="base"/>x')
    assert lookup.get_template("page").render() == "[x]"
    return template
