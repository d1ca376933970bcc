"""Sorts imports of a piece of code."""

import isort


def use() -> object:
    assert (
        isort.code("import b\nimport a\nfrom c import e, d\n") == "import a\nimport b\nfrom c import d, e\n"
    )
    return isort.Config(profile="black")
