"""What the hints say."""


def beside(props, ctx):
    return f"This place of {props['of']} is filled by another package."


def overlay(props, ctx):
    return f"You are in {ctx.context_id}."
