"""Splits and formats SQL."""

import sqlparse


def use() -> object:
    assert len(sqlparse.split("select 1; select 2;")) == 2
    assert sqlparse.format("select a from b", keyword_case="upper") == "SELECT a FROM b"
    statement = sqlparse.parse("select 1")[0]
    assert statement.get_type() == "SELECT"
    return statement
