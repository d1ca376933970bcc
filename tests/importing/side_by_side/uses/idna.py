"""Encodes domain names."""

import idna


def use() -> object:
    assert idna.encode("faß.de") == b"xn--fa-hia.de"
    assert idna.decode("xn--fa-hia.de") == "faß.de"
    try:
        idna.encode("a..b")
    except idna.IDNAError as error:
        return error
    raise AssertionError("an empty label was taken")
