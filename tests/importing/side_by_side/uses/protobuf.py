"""Writes and reads messages, of a type made at run time too."""

from google.protobuf import descriptor_pb2, json_format, struct_pb2, timestamp_pb2


def use() -> object:
    struct = struct_pb2.Struct()
    struct.update({"a": [1, "x", None]})
    again = struct_pb2.Struct.FromString(struct.SerializeToString())
    assert json_format.MessageToDict(again) == {"a": [1.0, "x", None]}
    moment = timestamp_pb2.Timestamp()
    moment.FromJsonString("2024-01-02T03:04:05Z")
    assert moment.seconds == 1704164645
    assert descriptor_pb2.FileDescriptorProto(name="x").name == "x"
    return struct
