"""The timer's face."""

from timer.counting import counting


def render(props, ctx):
    return f"{counting.counted / 10:.1f} seconds"
