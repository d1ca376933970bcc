"""The timer's face."""

from timer.counting import counting


def render(props, ctx):
    decimals = ctx.variables["decimals"]()
    return f"{counting.counted / 10:.{decimals}f} seconds"
