"""Every parquet file of the sample datasets can be spliced."""

import hashlib
import json

import pyarrow.parquet as pq

from labeler.parquet.splice import digest_without
from tests.labeler.parquet.parquet_files import chunks, reward_of, splice_columns, spliced_table


def test_every_sample_file(sample_files, tmp_path):
    assert sample_files
    for number, source in enumerate(sample_files):
        before = hashlib.sha256(source.read_bytes()).hexdigest()
        destination = tmp_path / f"{number}.parquet"
        table = pq.read_table(source)
        columns = {"next.reward": reward_of(table.num_rows)}
        result = splice_columns(source, destination, columns)
        new = pq.read_table(destination)
        assert new.equals(spliced_table(table, columns)), source
        assert result.untouched == digest_without(source, columns)
        assert hashlib.sha256(source.read_bytes()).hexdigest() == before
        check_chunks(source, destination)
        check_metadata(table.schema, new.schema)
        destination.unlink()


def check_chunks(source, destination):
    old, new = (
        {place: data for place, data in chunks(path).items() if place[1] != "next.reward"}
        for path in (source, destination)
    )
    assert old == new


def check_metadata(old, new):
    before, after = (dict(schema.metadata or {}) for schema in (old, new))
    assert before.keys() == after.keys()
    for key, value in after.items():
        if key != b"huggingface":
            assert value == before[key]
            continue
        features = json.loads(value)["info"]["features"]
        assert features.pop("next.reward") == {"dtype": "float32", "_type": "Value"}
        expected = json.loads(before[key])["info"]["features"]
        expected.pop("next.reward", None)
        assert features == expected
