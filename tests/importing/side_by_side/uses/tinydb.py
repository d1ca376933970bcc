"""Stores and finds documents in a file."""

import os
import tempfile

from tinydb import Query, TinyDB


def use() -> object:
    with tempfile.TemporaryDirectory() as folder:
        database = TinyDB(os.path.join(folder, "db.json"))
        database.insert({"name": "a", "n": 1})
        database.insert({"name": "b", "n": 2})
        assert [each["name"] for each in database.search(Query().n > 1)] == ["b"]
        database.close()
    return database
