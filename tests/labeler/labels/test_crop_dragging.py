"""Dragging keeps crops inside the picture, and square where that is wanted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.labels.crop_dragging import LEAST, Grip, centre_square, drag, span

SIZE = (48, 64)
GRIPS = [
    Grip.TOP, Grip.LEFT, Grip.BOTTOM, Grip.RIGHT, Grip.TOP | Grip.LEFT, Grip.TOP | Grip.RIGHT,
    Grip.BOTTOM | Grip.LEFT, Grip.BOTTOM | Grip.RIGHT, Grip.ALL,
]  # fmt: skip
steps = st.integers(-100, 100)
places = st.tuples(st.integers(-20, 80), st.integers(-20, 80))


@st.composite
def crops(draw):
    height, width = draw(st.integers(LEAST, SIZE[0])), draw(st.integers(LEAST, SIZE[1]))
    top, left = draw(st.integers(0, SIZE[0] - height)), draw(st.integers(0, SIZE[1] - width))
    return top, left, height, width


def inside(crop):
    top, left, height, width = crop
    return top >= 0 and left >= 0 and top + height <= SIZE[0] and left + width <= SIZE[1]


@given(crops(), st.sampled_from(GRIPS), st.tuples(steps, steps), st.booleans())
def test_a_crop_stays_inside(crop, grip, by, square):
    found = drag(crop, grip, by, SIZE, square=square)
    assert inside(found) and min(found[2:]) >= 1
    if grip is Grip.ALL:
        assert found[2:] == crop[2:]
    elif square:
        assert found[2] == found[3]


@given(crops(), st.sampled_from(GRIPS[:4]), st.tuples(steps, steps))
def test_only_the_edge_in_the_hand_moves(crop, grip, by):
    top, left, height, width = crop
    new_top, new_left, new_height, new_width = drag(crop, grip, by, SIZE)
    kept = {
        Grip.TOP: (new_left == left, new_width == width, new_top + new_height == top + height),
        Grip.BOTTOM: (new_left == left, new_width == width, new_top == top),
        Grip.LEFT: (new_top == top, new_height == height, new_left + new_width == left + width),
        Grip.RIGHT: (new_top == top, new_height == height, new_left == left),
    }
    assert all(kept[grip])


@given(places, places, st.booleans())
def test_a_new_crop_stays_inside(start, to, square):
    found = span(start, to, SIZE, square=square)
    assert inside(found)


@pytest.mark.parametrize(
    ("to", "expected"),
    [((30, 24), (10, 10, 20, 20)), ((0, 4), (0, 0, 10, 10)), ((5, 99), (0, 10, 10, 10))],
)
def test_a_square_grows_towards_the_hand(to, expected):
    assert span((10, 10), to, SIZE, square=True) == expected


def test_the_centre_square():
    assert centre_square((480, 640)) == (0, 80, 480, 480)
    assert centre_square((640, 480)) == (80, 0, 480, 480)
