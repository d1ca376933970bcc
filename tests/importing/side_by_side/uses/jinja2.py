"""Renders templates that include and inherit, with code that it generates; loads from a package."""

import jinja2


def use() -> object:
    loader = jinja2.DictLoader(
        {
            "base": "[{% block body %}{% endblock %}]",
            "page": "{% extends 'base' %}{% block body %}{% from 'tags' import b %}{{ b(x) }}{% endblock %}",
            "tags": "{% macro b(x) %}<b>{{ x }}</b>{% endmacro %}",
        }
    )
    environment = jinja2.Environment(loader=loader, autoescape=True)
    assert environment.get_template("page").render(x="<") == "[<b>&lt;</b>]"
    assert list(jinja2.PackageLoader("jinja2", ".").list_templates())
    try:
        environment.from_string("{{ x.y.z }}").render()
    except jinja2.UndefinedError:
        return environment
    raise AssertionError("what is not defined was rendered")
