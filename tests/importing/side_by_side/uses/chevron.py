"""Renders a template with sections and partials."""

import chevron


def use() -> object:
    text = chevron.render(
        "{{#xs}}<{{.}}>{{/xs}}{{> p}}", {"xs": [1, 2], "y": "&"}, partials_dict={"p": "{{y}}"}
    )
    assert text == "<1><2>&amp;"
    return chevron.render
