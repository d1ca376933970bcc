"""Parses dates, computes rules, reads time zones."""

from datetime import datetime

from dateutil import parser, relativedelta, rrule, tz


def use() -> object:
    assert parser.parse("3 March 2024 4pm") == datetime(2024, 3, 3, 16)
    month = relativedelta.relativedelta(months=1)
    assert datetime(2024, 1, 31) + month == datetime(2024, 2, 29)
    assert len(list(rrule.rrule(rrule.DAILY, count=3, dtstart=datetime(2024, 1, 1)))) == 3
    assert tz.gettz("Europe/Berlin").utcoffset(datetime(2024, 7, 1)).seconds == 7200
    return month
