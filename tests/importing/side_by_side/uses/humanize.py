"""Says sizes and numbers in words, in another language too."""

import humanize


def use() -> object:
    assert humanize.naturalsize(3_000_000) == "3.0 MB"
    humanize.i18n.activate("de_DE")
    try:
        assert humanize.naturaltime(7200) == "vor 2 Stunden"
    finally:
        humanize.i18n.deactivate()
    assert humanize.apnumber(5) == "five"
    return humanize.naturalsize
