"""A page that a browser and a terminal can both show."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Page:
    title: str
    items: tuple[str, ...]
    foot: str = ""

    def __html__(self):
        items = "".join(f"<li>{escape(item)}</li>" for item in self.items)
        return f"<h1>{escape(self.title)}</h1><ul>{items}</ul><footer>{escape(self.foot)}</footer>"

    def __str__(self):
        lines = [self.title, "=" * len(self.title), *(f"* {item}" for item in self.items)]
        return "\n".join([*lines, self.foot] if self.foot else lines)
