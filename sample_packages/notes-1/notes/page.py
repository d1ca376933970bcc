"""A page that a browser and a terminal can both show."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Page:
    title: str
    lines: tuple[str, ...]

    def __html__(self):
        lines = "".join(f"<p>{escape(line)}</p>" for line in self.lines)
        return f"<h1>{escape(self.title)}</h1>{lines}"

    def __str__(self):
        return "\n".join([self.title, *self.lines])
