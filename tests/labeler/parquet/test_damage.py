"""Broken files are refused with a sentence that names them, and leave nothing behind."""

import warnings

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labeler.cli.cures import hint
from labeler.errors import DamagedDatasetError
from labeler.parquet.splice import digest_without
from tests.labeler.parquet.parquet_files import (
    lerobot_table,
    reward_of,
    splice_columns,
    with_datasets,
    write,
)

COLUMNS = {"next.reward": reward_of(6), "next.success": pa.array([True, False] * 3)}


@pytest.fixture(scope="module")
def intact(tmp_path_factory):
    """A small file that has everything: nested columns, row groups, page index, Bloom filter."""
    path = tmp_path_factory.mktemp("intact") / "a.parquet"
    table = with_datasets(lerobot_table(6, nested=True, reward=pa.float64()))
    write(
        table.select(["language_events", "next.reward", "timestamp"]),
        path,
        [4, 2],
        write_page_index=True,
        bloom_filter_options={"next.reward": {"ndv": 4, "fpp": 0.1}},
    )
    return path.read_bytes()


def attempt(folder, data):
    """Splice broken bytes; True if that was refused as it should be."""
    source, destination = folder / "broken.parquet", folder / "new.parquet"
    source.write_bytes(data)
    destination.unlink(missing_ok=True)
    try:
        splice_columns(source, destination, COLUMNS)
    except DamagedDatasetError as error:
        assert str(source) in error.message
        assert hint(error)
        assert not destination.exists()
        return True
    return False


def test_every_truncation_is_refused(intact, tmp_path):
    for length in range(len(intact)):
        assert attempt(tmp_path, intact[:length]), length


def test_every_truncation_before_the_magic_bytes_is_refused(intact, tmp_path):
    for length in range(0, len(intact), 3):
        assert attempt(tmp_path, intact[:length] + intact[-8:]), length


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_changed_bytes_are_refused_or_carried_along(intact, tmp_path, data):
    length = int.from_bytes(intact[-8:-4], "little")
    changed = bytearray(intact)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(len(intact) - 8 - length, len(intact) - 1))
        changed[at] = data.draw(st.integers(0, 255))
    attempt(tmp_path, bytes(changed))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_footer_with_bytes_too_many_or_too_few_is_refused_or_carried_along(
    intact, tmp_path, data
):
    length = int.from_bytes(intact[-8:-4], "little")
    start = len(intact) - 8 - length
    footer = intact[start:-8]
    first = data.draw(st.integers(0, length))
    last = data.draw(st.integers(first, min(first + 20, length)))
    footer = footer[:first] + data.draw(st.binary(max_size=20)) + footer[last:]
    attempt(tmp_path, intact[:start] + footer + len(footer).to_bytes(4, "little") + b"PAR1")


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300))
@example(b"")
def test_garbage_is_refused(tmp_path, data):
    assert attempt(tmp_path, data)
    assert attempt(tmp_path, b"PAR1" + data + len(data).to_bytes(4, "little") + b"PAR1")


def test_a_missing_file(tmp_path):
    with pytest.raises(DamagedDatasetError, match=r"no\.parquet"):
        splice_columns(tmp_path / "no.parquet", tmp_path / "b", {})
    with pytest.raises(DamagedDatasetError, match=r"no\.parquet"):
        digest_without(tmp_path / "no.parquet", ())
    with pytest.raises(DamagedDatasetError):
        digest_without(tmp_path, ())


@pytest.mark.parametrize("value", ["[]", "{", '{"info": 3}', '{"info": {"features": [1]}}'])
def test_metadata_of_datasets_that_cannot_be_read(tmp_path, value):
    table = lerobot_table(6).replace_schema_metadata({"huggingface": value})
    write(table, tmp_path / "a")
    with pytest.raises(DamagedDatasetError, match="huggingface"):
        splice_columns(tmp_path / "a", tmp_path / "b", COLUMNS)


def test_metadata_of_datasets_without_features_stay(tmp_path):
    table = lerobot_table(6).replace_schema_metadata({"huggingface": '{"info": {}}'})
    write(table, tmp_path / "a")
    splice_columns(tmp_path / "a", tmp_path / "b", COLUMNS)
    assert pq.read_schema(tmp_path / "b").metadata[b"huggingface"] == b'{"info": {}}'


@pytest.mark.parametrize("plaintext", [True, False])
def test_encrypted_files_are_refused(tmp_path, plaintext):
    class Keys(pe.KmsClient):
        def __init__(self, config):
            super().__init__()

        def wrap_key(self, key, master):
            return key.hex()

        def unwrap_key(self, key, master):
            return bytes.fromhex(key)

    factory = pe.CryptoFactory(Keys)
    config = pe.EncryptionConfiguration(
        footer_key="footer", column_keys={"key": ["index"]}, plaintext_footer=plaintext
    )
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), config)
    write(lerobot_table(6), tmp_path / "a", encryption_properties=properties)
    with pytest.raises(DamagedDatasetError):
        splice_columns(tmp_path / "a", tmp_path / "b", COLUMNS)
    assert not (tmp_path / "b").exists()


def test_columns_in_other_files_are_refused(tmp_path):
    collected = []
    pq.write_to_dataset(lerobot_table(6), tmp_path / "set", metadata_collector=collected)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pq.write_metadata(lerobot_table(6).schema, tmp_path / "_metadata", collected)
    with pytest.raises(DamagedDatasetError, match="other files"):
        splice_columns(tmp_path / "_metadata", tmp_path / "b", COLUMNS)
