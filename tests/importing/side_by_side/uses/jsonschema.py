"""Validates, with the schemas that it carries."""

import jsonschema


def use() -> object:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}, "required": ["n"]}
    validator = jsonschema.Draft7Validator(schema)
    assert [error.message for error in validator.iter_errors({"n": 1})] == ["1 is less than the minimum of 3"]
    jsonschema.validate({"n": 3}, schema)
    return validator
