"""The demo's pictures: reproducible, and success can be seen in them."""

from itertools import islice

import numpy as np
import pytest

from labeler.demo.drawing import Canvas, fill_capsule, fill_polygon, hull, shade_polygon
from labeler.demo.recording import CUTOFFS, stories
from labeler.demo.scene import front_images, gripper_images


def red(picture):
    """Where the cube is seen: pixels much redder than green and blue."""
    channels = picture.astype(int)
    return channels[..., 0] - channels[..., 1:].max(axis=-1) > 70


def pictures(draw, episode, frames):
    story = stories()[episode]
    wanted = set(frames)
    shown = enumerate(islice(draw(story.motion(), story.look), max(wanted) + 1))
    return {frame: picture.copy() for frame, picture in shown if frame in wanted}


@pytest.mark.parametrize(
    ("draw", "size"), [(gripper_images, (480, 640, 3)), (front_images, (240, 320, 3))]
)
def test_pictures_are_the_same_every_time(draw, size):
    first, again = (pictures(draw, 3, [0, 5]) for _ in range(2))
    for frame in (0, 5):
        assert first[frame].shape == size
        assert first[frame].dtype == np.uint8
        np.testing.assert_array_equal(first[frame], again[frame])


def test_the_cube_grows_as_the_gripper_comes_near():
    seen = pictures(gripper_images, 1, [12, 25])
    assert red(seen[25]).sum() > 2 * red(seen[12]).sum()


@pytest.mark.parametrize("episode", [1, 9])
def test_success_shows_in_both_cameras(episode):
    before, after = CUTOFFS[episode] - 6, CUTOFFS[episode] + 10
    gripper = pictures(gripper_images, episode, [before, after])
    front = pictures(front_images, episode, [before, after])

    held = [red(gripper[frame]) for frame in (before, after)]
    assert (held[0] & held[1]).sum() > 0.9 * held[0].sum()
    assert held[1].sum() == pytest.approx(held[0].sum(), rel=0.1)
    middle = [np.nonzero(red(front[frame]))[0].mean() for frame in (before, after)]
    assert middle[1] < middle[0] - 25


def test_a_gripper_that_closed_on_air_leaves_the_cube_behind():
    gripper = pictures(gripper_images, 10, [30, 99])
    front = pictures(front_images, 10, [30, 99])
    assert red(gripper[99]).sum() < red(gripper[30]).sum() / 3
    low = [np.nonzero(red(front[frame]))[0].max() for frame in (30, 99)]
    assert low[0] == pytest.approx(low[1], abs=3)


def blank():
    return Canvas(np.zeros((40, 60), np.uint32))


def test_a_polygon_covers_its_area_in_either_order():
    corners = np.array([[10.0, 5.0], [40.0, 12.0], [30.0, 33.0]])
    expected = (30 * 28 - 20 * 7) / 2
    for order in (corners, corners[::-1]):
        canvas = blank()
        fill_polygon(canvas, order, (200, 100, 0))
        assert canvas.rgb[..., 0].sum() / 200 == pytest.approx(expected, rel=0.03)
        assert canvas.rgb[15, 28].tolist() == [200, 100, 0]


@pytest.mark.parametrize("offset", [(-100, 0), (100, 0), (0, -100), (0, 100)])
def test_shapes_outside_the_picture_draw_nothing(offset):
    canvas = blank()
    corners = np.array([[10.0, 5.0], [40.0, 12.0], [30.0, 33.0]]) + offset
    fill_polygon(canvas, corners, (200, 100, 0))
    shade_polygon(canvas, corners, 0.5, 4)
    fill_capsule(canvas, corners[0], corners[1], (3, 5), (200, 100, 0))
    assert not canvas.packed.any()


def test_a_shadow_darkens_every_channel_alike():
    canvas = Canvas(np.full((40, 60), 0x00C8A064, np.uint32))
    shade_polygon(canvas, np.array([[5.0, 5.0], [55.0, 5.0], [55.0, 35.0], [5.0, 35.0]]), 0.5, 2)
    assert canvas.rgb[20, 30].tolist() == [50, 80, 100]
    assert canvas.rgb[0, 0].tolist() == [100, 160, 200]


def test_a_capsule_is_round_and_brighter_in_its_middle():
    canvas = blank()
    fill_capsule(canvas, np.array([15.0, 20.0]), np.array([45.0, 20.0]), (8, 8), (100, 100, 100))
    column = canvas.rgb[:, 30, 0].astype(int)
    assert np.count_nonzero(column) == pytest.approx(16, abs=1)
    assert column[20] > column[14] > column[10] == 0


def test_the_hull_leaves_inner_points_out():
    points = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4], [2, 2], [1, 3]])
    assert sorted(map(tuple, hull(points).tolist())) == [(0, 0), (0, 4), (4, 0), (4, 4)]
