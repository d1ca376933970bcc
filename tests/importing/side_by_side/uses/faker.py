"""Makes names in two languages; imports its providers by name."""

from faker import Faker


def use() -> object:
    fake = Faker(["de_DE", "ja_JP"])
    Faker.seed(7)
    first = [fake["de_DE"].name(), fake["ja_JP"].name()]
    Faker.seed(7)
    assert first == [fake["de_DE"].name(), fake["ja_JP"].name()]
    assert "@" in fake.email()
    return fake
