"""Tables as LeRobot writes them, and a look at a parquet file that owes nothing to ours."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labeler.parquet.splice import Splice
from labeler.parquet.thrift import Reader, encode_struct


def reward_of(rows, seed=0):
    """Float32 zeros and ones."""
    return pa.array(np.random.default_rng(seed).integers(0, 2, rows).astype(np.float32))


def lerobot_table(rows, *, nested=False, reward=None):
    """A table with the columns of a recording; `reward` adds `next.reward` of that type."""
    random = np.random.default_rng(rows)
    vector = pa.array(random.normal(size=rows * 6).astype(np.float32))
    columns = {"observation.state": pa.FixedSizeListArray.from_arrays(vector, 6)}
    if nested:
        columns["observation.images.front"] = pa.array(
            [{"bytes": random.bytes(40 + n % 7), "path": f"frame_{n}.png"} for n in range(rows)],
            pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
        )
        said = pa.list_(pa.struct([("role", pa.string()), ("time", pa.float64())]))
        columns["language_events"] = pa.array(
            [[{"role": "user", "time": n / 2}] * (n % 3) or None for n in range(rows)], said
        )
    if reward is not None:
        columns["next.reward"] = reward_of(rows, 1).cast(reward)
        columns["next.done"] = pa.array(np.arange(rows) % 7 == 6)
    columns["timestamp"] = pa.array((np.arange(rows) % 7 / 10).astype(np.float32))
    for name in ("frame_index", "episode_index", "index", "task_index"):
        columns[name] = pa.array(np.arange(rows) if name == "index" else np.arange(rows) // 7)
    return pa.table(columns)


def with_datasets(table, *, fingerprint=True):
    """The metadata that the `datasets` library adds."""
    features = {name: {"dtype": "any", "_type": "Value"} for name in table.column_names}
    content = {"info": {"features": features}} | ({"fingerprint": "f00"} if fingerprint else {})
    metadata = dict(table.schema.metadata or {}) | {"huggingface": json.dumps(content)}
    return table.replace_schema_metadata(metadata)


def write(table, path, sizes=None, **options):
    """Write row groups of the given sizes."""
    with pq.ParquetWriter(path, table.schema, **options) as writer:
        at = 0
        for size in sizes or [max(table.num_rows, 1)]:
            writer.write_table(table.slice(at, size), max(size, 1))
            at += size


def footer_of(path):
    """The footer of a file as a Thrift struct, and the byte at which it begins."""
    data = Path(path).read_bytes()
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    return Reader(data[start:-8]).struct(), start


def change_footer(path, change):
    """Write the footer of a file again after `change` edited it in place."""
    footer, start = footer_of(path)
    change(footer)
    data = encode_struct(footer)
    end = len(data).to_bytes(4, "little") + b"PAR1"
    Path(path).write_bytes(Path(path).read_bytes()[:start] + data + end)


def splice_columns(source, destination, columns, *, before="timestamp"):
    """Write `source` with other values in some columns to the new file `destination`."""
    return Splice(source, columns, before=before).write(destination)


def spliced_table(table, columns, before="timestamp"):
    """What splicing should give, by way of Arrow."""
    for name, values in columns.items():
        field = pa.field(name, values.type)
        names = table.column_names
        if name in names:
            table = table.set_column(names.index(name), field, values)
        else:
            at = names.index(before) if before in names else len(names)
            table = table.add_column(at, field, values)
    return table


def chunks(path):
    """Bytes of all column chunks, by row group and path of the leaf."""
    data = Path(path).read_bytes()
    metadata = pq.read_metadata(path)
    found = {}
    for group in range(metadata.num_row_groups):
        for leaf in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(leaf)
            start = chunk.dictionary_page_offset or chunk.data_page_offset
            end = start + chunk.total_compressed_size
            found[group, chunk.path_in_schema] = data[start:end]
    return found
