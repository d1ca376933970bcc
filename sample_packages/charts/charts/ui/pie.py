"""Broken on purpose: this module cannot be imported."""

SLICES = {"eaten": 3, "left": 0}

SHARE_OF_WHAT_IS_LEFT = SLICES["eaten"] / SLICES["left"]


def render(props, ctx):
    return f"{SHARE_OF_WHAT_IS_LEFT:.0%}"
