"""Parses, shifts and says a date in words."""

import arrow


def use() -> object:
    moment = arrow.get("2024-02-28T12:00:00+02:00")
    assert moment.shift(days=2).format("YYYY-MM-DD") == "2024-03-01"
    assert moment.shift(hours=-2).humanize(moment) == "2 hours ago"
    return moment
