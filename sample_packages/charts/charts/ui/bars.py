"""A bar for each value."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Bars:
    values: dict[str, int]

    def __html__(self):
        return "".join(
            f"<label>{escape(name)} <meter max='{max(self.values.values())}' value='{value}'></meter></label>"
            for name, value in self.values.items()
        )

    def __str__(self):
        width = max(map(len, self.values), default=0)
        return "\n".join(f"{name:<{width}} {'#' * value} {value}" for name, value in self.values.items())


def render(props, ctx):
    return Bars(props.values)
