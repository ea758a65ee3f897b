"""Reads an event file with Google's protobuf library, and fails unless every record and checksum is right.

Usage: python3 readEvents.py events.out.tfevents.1.convnets (Debian: apt-get install python3-protobuf)
"""

import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

F = descriptor_pb2.FieldDescriptorProto


def schema():
    # The fields of tensorboard/compat/proto/event.proto and summary.proto that are written.
    file = descriptor_pb2.FileDescriptorProto(name="event.proto", package="tb", syntax="proto3")

    def message(name, *fields):
        made = file.message_type.add(name=name)
        for number, field, kind, more in fields:
            made.field.add(name=field, number=number, type=kind, **{"label": F.LABEL_OPTIONAL, **more})

    message("Value", (1, "tag", F.TYPE_STRING, {}), (2, "simple_value", F.TYPE_FLOAT, {}))
    values = {"type_name": ".tb.Value", "label": F.LABEL_REPEATED}
    message("Summary", (1, "value", F.TYPE_MESSAGE, values))
    message(
        "Event",
        (1, "wall_time", F.TYPE_DOUBLE, {}),
        (2, "step", F.TYPE_INT64, {}),
        (3, "file_version", F.TYPE_STRING, {}),
        (5, "summary", F.TYPE_MESSAGE, {"type_name": ".tb.Summary"}),
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("tb.Event"))


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def check(data, expected):
    crc = crc32c(data)
    masked = (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF
    assert masked == expected, "a checksum is wrong"


def events(path):
    Event = schema()
    bytes_ = open(path, "rb").read()
    assert crc32c(b"123456789") == 0xE3069283  # the checksum's own test value
    at = 0
    while at < len(bytes_):
        length, length_crc = struct.unpack_from("<QI", bytes_, at)
        check(bytes_[at : at + 8], length_crc)
        data = bytes_[at + 12 : at + 12 + length]
        (crc,) = struct.unpack_from("<I", bytes_, at + 12 + length)
        check(data, crc)
        event = Event.FromString(data)
        yield event
        at += 16 + length


for index, event in enumerate(events(sys.argv[1])):
    if index == 0:
        assert event.file_version == "brain.Event:2"
    for value in event.summary.value:
        print(event.step, value.tag, value.simple_value)
