"""Is read as data, by the names of its packages."""

from importlib import resources
from zoneinfo import ZoneInfo

import tzdata


def use() -> object:
    file = resources.files("tzdata.zoneinfo.Europe").joinpath("Berlin")
    with file.open("rb") as stream:
        zone = ZoneInfo.from_file(stream, "Europe/Berlin")
    assert zone.key == "Europe/Berlin"
    assert "Europe/Berlin" in resources.files("tzdata").joinpath("zones").read_text().split()
    assert tzdata.__version__.startswith("20")
    return tzdata
