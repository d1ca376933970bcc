"""Detects the encoding of a text."""

import chardet
from chardet.universaldetector import UniversalDetector


def use() -> object:
    found = chardet.detect("Ёлки-палки, какой длинный текст на русском языке".encode("koi8-r"))
    assert found["encoding"].lower() == "koi8-r"
    detector = UniversalDetector()
    detector.feed("Grüße".encode())
    assert detector.close()["encoding"].lower() == "utf-8"
    return detector
