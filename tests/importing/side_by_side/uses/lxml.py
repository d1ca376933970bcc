"""Nothing: it is refused before."""


def use() -> object:
    raise NotImplementedError
