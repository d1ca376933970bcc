"""Broken on purpose: drawing it fails."""


def render(props, ctx):
    raise RuntimeError("the gauge is not connected")
