"""The permanent ids of letters, made with `peers id`."""

PACKAGE = "0mx1uf75cvzod0b8ll9d7bakm"

LETTER = "0mx1uf7a4gbzlcoyz94srczfy"
