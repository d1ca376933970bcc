"""Reads a message of one distribution with the code of another, both in `google`."""

from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2


def use() -> object:
    status = status_pb2.Status(code=5, message="not there")
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason="X"))
    again = status_pb2.Status.FromString(status.SerializeToString())
    assert json_format.MessageToDict(again)["details"][0]["reason"] == "X"
    return status
