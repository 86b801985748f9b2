"""Runs where trackers are installed: the numbers that one of them kept, by name and step.

    python read_trackers.py tensorboard|wandb|trackio FOLDER

Prints a line of JSON: {"train/loss": [[step, value], ...], ...}.
"""

import json
import sqlite3
import struct
import sys
from pathlib import Path

BLOCK = 1 << 15


def tensorboard(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder))
    events.Reload()
    for name in events.Tags()["scalars"]:
        for point in events.Scalars(name):
            yield name, point.step, point.value


def wandb(folder):
    from wandb.proto import wandb_internal_pb2

    (file,) = folder.glob("wandb/offline-run-*/run-*.wandb")
    for data in _records(file.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        items = {i.key or "/".join(i.nested_key): i.value_json for i in record.history.item}
        step = record.history.step.num
        for name, value in items.items():
            if not name.startswith("_"):
                yield name, step, float(value)


def _records(data):
    """Records of LevelDB's log format, behind seven bytes of wandb's own.

    Blocks of 32 KiB; each part of a record has a checksum (4 bytes), a length (2) and a kind (1):
    whole, first, middle or last.
    """
    place, record = 7, b""
    while place + 7 <= len(data):
        if BLOCK - place % BLOCK < 7:
            place += BLOCK - place % BLOCK
            continue
        length, kind = struct.unpack_from("<HB", data, place + 4)
        record += data[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in (1, 4):
            yield record
            record = b""


def trackio(folder):
    (file,) = folder.rglob("*.db")
    with sqlite3.connect(file) as database:
        for step, text in database.execute("SELECT step, metrics FROM metrics"):
            for name, value in json.loads(text).items():
                yield name, step, value


if __name__ == "__main__":
    found = {}
    for name, step, value in globals()[sys.argv[1]](Path(sys.argv[2])):
        found.setdefault(name, []).append([step, value])
    print(json.dumps(found))
