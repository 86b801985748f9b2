"""What was written and is not what it should be is noticed before it counts."""

import os
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler import disk
from labeler.errors import CheckFailedError, SourceChangedError
from labeler.storage.copying.read_back import ReadBack, compare
from tests.labeler.parquet.parquet_files import splice_columns

BLOCK = 4 << 20


@pytest.fixture
def pair(tmp_path):
    """A file of random bytes and a place for its copy."""

    def make(size):
        source = tmp_path / "source"
        source.write_bytes(os.urandom(size))
        return source, tmp_path / "copy"

    return make


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 1])
def test_the_digest_is_that_of_the_copy(pair, size):
    source, copy = pair(size)
    disk.copy_file(source, copy)
    assert compare(source, copy) == sha256(source.read_bytes()).hexdigest()


@pytest.mark.parametrize("size", [BLOCK, BLOCK + 5])
@pytest.mark.parametrize("at", [0, BLOCK - 1, -1])
def test_a_byte_that_differs_is_found(pair, size, at):
    source, copy = pair(size)
    data = bytearray(source.read_bytes())
    data[at] ^= 1
    copy.write_bytes(data)
    with pytest.raises(CheckFailedError, match=r"copy is not what .*source is"):
        compare(source, copy)


@pytest.mark.parametrize("size", [1, BLOCK, BLOCK + 5])
@pytest.mark.parametrize("which", ["source", "copy"])
def test_an_end_that_is_missing_is_found(pair, size, which):
    source, copy = pair(size)
    copy.write_bytes(source.read_bytes())
    os.truncate(source if which == "source" else copy, size - 1)
    with pytest.raises(CheckFailedError):
        compare(source, copy)


def test_a_source_that_is_gone_is_named(pair):
    source, copy = pair(10)
    disk.copy_file(source, copy)
    source.unlink()
    with ReadBack() as back:
        back.copy("copy", copy, source)
        with pytest.raises(SourceChangedError, match=r"source cannot be read"):
            back.digests()


@pytest.fixture
def spliced(tmp_path):
    """A parquet file with a column that was written into it."""
    rewards = {"next.reward": pa.array([0.0, 1.0, 1.0], pa.float32())}
    pq.write_table(pa.table({"timestamp": [0.0, 0.1, 0.2]}), tmp_path / "a.parquet")
    path = tmp_path / "b.parquet"
    return path, rewards, splice_columns(tmp_path / "a.parquet", path, rewards)


def test_parquet_as_it_was_written_passes(spliced):
    path, rewards, written = spliced
    with ReadBack() as back:
        back.whole("b", path, written)
        back.columns(path, rewards)
        assert back.digests() == {"b": sha256(path.read_bytes()).hexdigest()}


@pytest.mark.parametrize("at", [10, -20])
def test_a_byte_of_parquet_that_changed_is_found(spliced, at):
    path, _, written = spliced
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    with ReadBack() as back:
        back.whole("b", path, written)
        with pytest.raises(CheckFailedError, match="does not hold what was written"):
            back.digests()


def test_columns_that_pyarrow_finds_otherwise_are_found(spliced):
    path, _, _ = spliced
    with ReadBack() as back:
        back.columns(path, {"next.reward": pa.array([0.0, 0.0, 1.0], pa.float32())})
        with pytest.raises(AssertionError, match=r"column next\.reward does not read back"):
            back.digests()
