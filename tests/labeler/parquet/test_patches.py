"""Replacing many ranges at once gives what replacing one after the other gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.parquet.patches import Patches, Ranges, encode_numbers
from labeler.parquet.thrift import FormatError, encode_number


@st.composite
def replacements(draw):
    """A buffer and ranges in it, each with other bytes, in any order."""
    data = draw(st.binary(max_size=60))
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=12, unique=True)))
    ranges = list(zip(cuts[::2], cuts[1::2], strict=False))
    ranges += [(at, at) for at in draw(st.sets(st.sampled_from(cuts[::2] or [0]), max_size=2))]
    parts = [(start, end, draw(st.binary(max_size=5))) for start, end in ranges]
    return data, draw(st.permutations(parts))


def patches_of(parts):
    return Patches.merge(
        [
            Patches.of_constant(np.array([start]), np.array([end]), payload)
            for start, end, payload in parts
        ]
        or [Patches.of_constant(np.zeros(0, np.int64), np.zeros(0, np.int64), b"")]
    )


@given(replacements())
def test_ranges_are_replaced(case):
    data, parts = case
    expected, at = b"", 0
    for start, end, payload in sorted(parts, key=lambda part: part[:2]):
        expected += data[at:start] + payload
        at = end
    expected += data[at:]
    patches = patches_of(parts)
    assert patches.apply(data) == expected
    assert patches.ranges.growth == len(expected) - len(data)


@given(replacements())
def test_other_bytes_are_found_again(case):
    data, parts = case
    patches = patches_of(parts)
    new = patches.apply(data)
    kept = [at for at in range(len(data)) if not any(s <= at < e for s, e, _ in parts)]
    for at, moved in zip(kept, patches.ranges.move(np.array(kept, np.int64)), strict=True):
        assert new[moved] == data[at]


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_numbers_are_encoded_as_one_by_one(values):
    data, length = encode_numbers(np.array(values, np.int64))
    encoded = [encode_number(value) for value in values]
    assert data.tobytes() == b"".join(encoded)
    assert length.tolist() == list(map(len, encoded))


def test_overlap_is_refused():
    with pytest.raises(FormatError, match="overlap"):
        Ranges(np.array([0, 4]), np.array([5, 9]), np.array([1, 1]))


def test_spared_ranges():
    ranges = Ranges(np.array([4, 10]), np.array([4, 14]), np.array([3, 0]))
    assert ranges.spare(np.array([0, 4, 14]), np.array([4, 10, 20]))
    assert not ranges.spare(np.array([0]), np.array([5]))
    assert not ranges.spare(np.array([12]), np.array([13]))
