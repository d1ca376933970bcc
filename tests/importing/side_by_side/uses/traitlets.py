"""Checks and observes attributes, resolves a class by its dotted name."""

import traitlets


class Model(traitlets.HasTraits):
    n = traitlets.Int(1)
    kind = traitlets.Type("traitlets.HasTraits")


def use() -> object:
    seen: list[object] = []
    model = Model()
    model.observe(lambda change: seen.append(change["new"]), "n")
    model.n = 5
    assert (seen, model.kind) == ([5], traitlets.HasTraits)
    try:
        model.n = "x"
    except traitlets.TraitError as error:
        return error
    raise AssertionError("a text was taken for a number")
