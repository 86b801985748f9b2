"""Thrift structs come back as they were written, and nonsense is refused as such."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.parquet.thrift import (
    FormatError,
    Items,
    Raw,
    Reader,
    ThriftField,
    ThriftType,
    encode_number,
    encode_struct,
)

I64 = st.integers(-(2**63), 2**63 - 1)


def fields(values):
    return st.dictionaries(st.integers(1, 2000), values, max_size=6)


def simple():
    return st.one_of(
        st.sampled_from([ThriftField(ThriftType.TRUE, 1), ThriftField(ThriftType.FALSE, 0)]),
        st.builds(
            ThriftField, st.sampled_from([ThriftType.I16, ThriftType.I32, ThriftType.I64]), I64
        ),
        st.builds(ThriftField, st.just(ThriftType.BINARY), st.binary(max_size=300)),
        st.builds(ThriftField, st.just(ThriftType.DOUBLE), st.binary(min_size=8, max_size=8)),
        st.builds(ThriftField, st.just(ThriftType.BYTE), st.integers(0, 255)),
    )


def lists(structs):
    return st.one_of(
        st.builds(Items, st.just(ThriftType.I64), st.lists(I64, max_size=40)),
        st.builds(Items, st.just(ThriftType.TRUE), st.lists(st.sampled_from([1, 2]), max_size=20)),
        st.builds(Items, st.just(ThriftType.BINARY), st.lists(st.binary(max_size=5), max_size=20)),
        st.builds(Items, st.just(ThriftType.STRUCT), st.lists(structs, max_size=20)),
    )


def deeper(structs):
    return fields(
        st.one_of(
            simple(),
            st.builds(ThriftField, st.just(ThriftType.STRUCT), structs),
            st.builds(
                ThriftField, st.sampled_from([ThriftType.LIST, ThriftType.SET]), lists(structs)
            ),
        )
    )


structs = st.recursive(fields(simple()), deeper, max_leaves=20)


@given(structs, st.binary(max_size=3))
def test_structs_come_back(struct, behind):
    data = encode_struct(struct)
    reader = Reader(data + behind)
    assert reader.struct() == struct
    assert reader.at == len(data)


@given(structs, st.data())
def test_a_struct_that_ends_early_is_refused(struct, data):
    encoded = encode_struct(struct)
    length = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(FormatError):
        Reader(encoded[:length]).struct()


@given(st.binary(max_size=60))
def test_nonsense_is_a_struct_or_refused(data):
    with suppress(FormatError):
        Reader(data).struct()


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, "00"), (-1, "01"), (1, "02"), (63, "7e"), (64, "8001"), (-65, "8101"), (8192, "808001")],
)
def test_numbers_as_the_specification_has_them(value, encoded):
    assert encode_number(value).hex() == encoded


def test_a_struct_as_the_specification_has_it():
    # field 1 i32 = 5; field 3 by delta; field 40 by its long form; booleans in the header
    struct = {
        1: ThriftField(ThriftType.I32, 5),
        3: ThriftField(ThriftType.TRUE, 1),
        40: ThriftField(ThriftType.BINARY, b"ab"),
        41: ThriftField(ThriftType.LIST, Items(ThriftType.I32, [1, 2])),
    }
    assert encode_struct(struct).hex(" ") == "15 0a 21 08 50 02 61 62 19 25 02 04 00"


def test_an_encoded_value_is_written_as_it_stands():
    assert encode_struct({2: ThriftField(ThriftType.LIST, Raw(b"\x15\x02"))}) == b"\x29\x15\x02\x00"


def test_deep_nesting_is_refused():
    with pytest.raises(FormatError, match="deep"):
        Reader(b"\x1c" * 5000).struct()
    with pytest.raises(FormatError, match="deep"):
        Reader(b"\x19" + b"\x19" * 5000).struct()
