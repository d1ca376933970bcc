"""A letter as HTML for a browser, and as it was written for a terminal."""

from dataclasses import dataclass

import mistune

_to_html = mistune.create_markdown(escape=True)


@dataclass(frozen=True)
class Letter:
    text: str

    def __html__(self):
        return _to_html(self.text)

    def __str__(self):
        return self.text


def render(props, ctx):
    return Letter(props.text)
