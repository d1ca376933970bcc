"""Reads the metadata of a project."""

import setuptools


def use() -> object:
    made = setuptools.Distribution({"name": "trial", "version": "1.0"})
    assert made.get_fullname() == "trial-1.0"
    return made
