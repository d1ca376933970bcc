"""Reads locale data: numbers, dates, plurals."""

from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal


def use() -> object:
    locale = Locale.parse("de_DE")
    assert locale.get_display_name("en").startswith("German")
    assert format_decimal(1234.5, locale="de") == "1.234,5"
    assert format_date(date(2024, 3, 1), "long", "fr") == "1 mars 2024"
    assert locale.plural_form(1) == "one"
    return locale
