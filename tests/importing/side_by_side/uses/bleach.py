"""Cleans HTML with its vendored html5lib."""

import bleach
from bleach.sanitizer import Cleaner


def use() -> object:
    assert bleach.clean("<b>x</b><script>y</script>", tags=["b"]) == "<b>x</b>&lt;script&gt;y&lt;/script&gt;"
    assert 'href="http://example.org"' in bleach.linkify("see http://example.org")
    return Cleaner()
