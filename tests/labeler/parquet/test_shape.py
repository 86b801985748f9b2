"""Structs read side by side give what a reader finds in each of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.parquet.shape import LastShapes, read_beginnings, read_structs
from labeler.parquet.thrift import (
    FormatError,
    Items,
    Reader,
    ThriftField,
    ThriftType,
    encode_number,
    encode_struct,
)
from labeler.parquet.walk import HEADER

I64 = st.integers(-(2**63), 2**63 - 1)


@st.composite
def chunk_like(draw):
    """A struct with a name, numbers, a list and parts that may be missing."""
    struct = {
        1: ThriftField(ThriftType.I64, draw(I64)),
        2: ThriftField(ThriftType.BINARY, draw(st.sampled_from([b"name", b"another name"]))),
        3: ThriftField(
            ThriftType.STRUCT, {1: ThriftField(ThriftType.I32, draw(st.integers(0, 300)))}
        ),
    }
    if draw(st.booleans()):
        struct[5] = ThriftField(
            ThriftType.LIST, Items(ThriftType.I64, draw(st.lists(I64, max_size=3)))
        )
    if draw(st.booleans()):
        struct[6] = ThriftField(draw(st.sampled_from([ThriftType.TRUE, ThriftType.FALSE])), 0)
        struct[7] = ThriftField(ThriftType.DOUBLE, draw(st.binary(min_size=8, max_size=8)))
    struct[9] = ThriftField(ThriftType.BINARY, draw(st.binary(max_size=200)))
    return struct


def wanted(path):
    return path in {(), (1,), (3, 1), (9,)} or path[0] == 5


@given(st.lists(st.lists(chunk_like(), max_size=3), min_size=2, max_size=9))
def test_shapes_known_from_other_data_change_nothing(files):
    known = LastShapes()
    for structs in files:
        data = b"".join(map(encode_struct, structs))
        alike, end = read_structs(data, 0, len(structs), wanted, known)
        fresh, same_end = read_structs(data, 0, len(structs), wanted)
        assert end == same_end
        assert len(alike) == len(fresh)
        for one, other in zip(alike, fresh, strict=True):
            assert one.members.tolist() == other.members.tolist()
            assert one.spans.keys() == other.spans.keys()
            for path, spans in one.spans.items():
                for found, expected in zip(spans, other.spans[path], strict=True):
                    assert found.tolist() == expected.tolist()


@given(st.lists(chunk_like(), min_size=1, max_size=60), st.binary(max_size=4))
def test_every_struct_is_found_with_its_values(structs, behind):
    encoded = [encode_struct(struct) for struct in structs]
    data = b"ab" + b"".join(encoded) + behind
    alike, end = read_structs(data, 2, len(structs), wanted)
    assert end == len(data) - len(behind)
    assert sorted(m for same in alike for m in same.members.tolist()) == list(range(len(structs)))
    for same in alike:
        for row, member in enumerate(same.members.tolist()):
            begin = 2 + sum(map(len, encoded[:member]))
            whole = same.spans[()]
            assert (whole.start[row], whole.end[row]) == (begin, begin + len(encoded[member]))
            check_values(data, structs[member], {p: s.take(row) for p, s in same.spans.items()})


def check_values(data, struct, spans):
    def at(path):
        return data[int(spans[path].start) : int(spans[path].end)]

    assert int(spans[1,].value) == struct[1].value
    assert at((1,)) == encode_number(struct[1].value)
    assert int(spans[3, 1].value) == struct[3].value[1].value
    assert Reader(at((9,))).binary() == struct[9].value
    assert (5 in struct) == ((5,) in spans)
    if 5 in struct:
        assert Reader(at((5,))).value(ThriftType.LIST) == struct[5].value
        assert at((5, HEADER)) == at((5,))[:1]
        numbers = [int(spans[5, i].value) for i in range(len(struct[5].value.values))]
        assert numbers == struct[5].value.values


def test_more_shapes_than_are_compared():
    structs = [
        {n: ThriftField(ThriftType.I32, n) for n in range(1, 2 + size)} for size in [*range(40)] * 2
    ]
    data = b"".join(map(encode_struct, structs))
    alike, end = read_structs(data, 0, len(structs), lambda path: path == (1,))
    assert end == len(data)
    assert sorted(m for same in alike for m in same.members.tolist()) == list(range(len(structs)))


@given(st.lists(chunk_like(), min_size=2, max_size=8), st.data())
def test_structs_that_end_early_are_refused(structs, data):
    encoded = b"".join(map(encode_struct, structs))
    length = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(FormatError):
        read_structs(encoded[:length], 0, len(structs), wanted)


@given(st.binary(max_size=200), st.integers(0, 6))
def test_nonsense_is_read_as_a_reader_reads_it(data, count):
    reader = Reader(data)
    try:
        for _ in range(count):
            reader.struct()
    except FormatError:
        with pytest.raises(FormatError):
            read_structs(data, 0, count, lambda path: True)
    else:
        assert read_structs(data, 0, count, lambda path: True)[1] == reader.at


@given(st.lists(chunk_like(), min_size=1, max_size=12))
def test_beginnings(structs):
    """What lies behind the last wanted value is skipped, and so is whatever follows a struct."""
    parts = [encode_struct(struct) + b"\x16\x02" for struct in structs]
    starts = np.cumsum([0, *map(len, parts[:-1])])
    found = read_beginnings(b"".join(parts), starts, wanted, (3, 1))
    assert set(found) == {(1,), (3, 1)}
    assert found[1,].value.tolist() == [struct[1].value for struct in structs]
    assert found[3, 1].value.tolist() == [struct[3].value[1].value for struct in structs]
    for span, number in zip(zip(*found[1,], strict=True), structs, strict=True):
        start, end, _ = span
        assert b"".join(parts)[start:end] == encode_number(number[1].value)


def test_beginnings_that_are_cut_off_are_refused():
    data = encode_struct(
        {1: ThriftField(ThriftType.I64, 5), 2: ThriftField(ThriftType.BINARY, b"name")}
    )
    with pytest.raises(FormatError):
        read_beginnings(data, np.array([0]), wanted, (3, 1))
    with pytest.raises(FormatError):
        read_beginnings(data + data[:2], np.array([0, len(data)]), wanted, (9,))


def test_beginnings_of_more_shapes_than_are_compared_are_refused():
    one = ThriftField(ThriftType.I32, 1)
    parts = [encode_struct({**dict.fromkeys(range(1, n), one), 99: one}) for n in range(1, 21)]
    starts = np.cumsum([0, *map(len, parts[:-1])])
    with pytest.raises(FormatError, match="differ too much"):
        read_beginnings(b"".join(parts), starts, lambda path: path == (99,), (99,))


def test_names_of_every_length_are_found():
    """No two neighbours are alike, so starts are looked for by how a struct begins."""
    random = np.random.default_rng(0)
    names = [bytes(random.integers(0, 256, int(size), np.uint8)) for size in random.permutation(90)]
    structs = [
        {2: ThriftField(ThriftType.BINARY, b"key"), 9: ThriftField(ThriftType.BINARY, name)}
        for name in names
    ]
    data = b"".join(map(encode_struct, structs))
    alike, end = read_structs(data, 0, len(structs), lambda path: path == (9,))
    assert end == len(data)
    found = {}
    for same in alike:
        spans = same.spans[9,]
        for member, start in zip(same.members.tolist(), spans.start.tolist(), strict=True):
            found[member] = Reader(data, start).binary()
    assert [found[member] for member in range(len(structs))] == names


def test_structs_nested_too_deep_are_refused():
    with pytest.raises(FormatError, match="nested too deep"):
        read_structs(b"\x1c" * 5000, 0, 1, lambda path: False)
