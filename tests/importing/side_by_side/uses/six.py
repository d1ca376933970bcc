"""Its synthetic modules, imported in every way."""

import six
from six.moves import configparser, urllib
from six.moves import range as lazy
from six.moves.urllib.parse import urlencode


@six.add_metaclass(type)
class Note:
    pass


def use() -> object:
    import six.moves.urllib.parse as parse

    assert urlencode({"a": 1}) == parse.urlencode({"a": 1}) == urllib.parse.urlencode({"a": 1}) == "a=1"
    assert (list(lazy(2)), configparser.__name__) == ([0, 1], "configparser")
    return six.moves
