"""Converts between zones, from the files that it carries."""

from datetime import datetime

import pytz


def use() -> object:
    zone = pytz.timezone("Asia/Kathmandu")
    assert zone.localize(datetime(2024, 1, 1, 12)).utcoffset().seconds == 20700
    assert "Europe/Paris" in pytz.common_timezones
    assert pytz.country_timezones["ch"] == ["Europe/Zurich"]
    return zone
