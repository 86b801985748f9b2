"""Thumbnails show the frame they are named after, in the order asked for."""

from pathlib import Path

import pytest

from labeler.dataset import open_dataset
from labeler.video import FrameKey, Missing, ThumbnailSupply
from labeler.video.precedence import GLANCING, LOOKING, Precedence

from .conftest import LENGTHS
from .films import FPS
from .listening import PATIENCE, Announced, idle, threads, wait
from .recordings import CAMERA, write_recording

GRIPPER, FRONT = "observation.images.gripper", "observation.images.front"


@pytest.fixture
def thumbnails():
    """Make a supply of thumbnails of a dataset; it is closed after the test."""
    opened = []

    def give(dataset, *arguments, **options):
        dataset = open_dataset(dataset) if isinstance(dataset, Path) else dataset
        opened.append(ThumbnailSupply(dataset, *arguments, **options))
        return opened[-1]

    yield give
    for one in opened:
        one.close()
    assert threads() == []


@pytest.mark.parametrize("kind", ["video", "image"])
@pytest.mark.parametrize("gop", [2, 250])
def test_each_shows_its_frame_in_its_aspect(make_recording, thumbnails, read_picture, kind, gop):
    heard = Announced()
    root = make_recording(
        lengths=(40, 9), size=(96, 160), gop=gop, kind=kind, cameras=(GRIPPER, FRONT)
    )
    small = thumbnails(root, heard, height=48)
    keys = [FrameKey(0, GRIPPER, frame) for frame in range(0, 40, 5)]
    keys += [FrameKey(1, FRONT, 8), FrameKey(1, GRIPPER, 0), FrameKey(0, FRONT, 39)]
    small.want(keys)
    heard.until(lambda heard: len(heard) == len(keys))
    assert heard.keys == keys
    assert heard.threads == {"thumbnails"}
    for key in keys:
        pixels = small.get(key)
        assert pixels.shape == (48, 80, 4)
        assert pixels.flags.c_contiguous
        assert (pixels[..., 3] == 255).all()
        assert read_picture(pixels) == (key.episode, key.frame)


def test_what_lies_on_the_way_is_made_on_the_way(shoot, thumbnails):
    heard = Announced()
    small = thumbnails(shoot("h264-b-g250").dataset, heard)
    keys = [FrameKey(3, CAMERA, frame) for frame in (51, 10, 30)]
    small.want(keys)
    assert [key.frame for key in heard.until(lambda keys: len(keys) == 3)] == [10, 30, 51]


def test_new_wants_replace_the_old(shoot, thumbnails):
    heard = Announced()
    small = thumbnails(shoot("h264-b-g250").dataset, heard)
    for frame in range(30):
        small.want([FrameKey(3, CAMERA, other) for other in (frame, frame + 20)])
    last = [FrameKey(3, CAMERA, 29), FrameKey(3, CAMERA, 49)]
    heard.until(lambda keys: set(last) <= set(keys))
    small.want(last)  # there already
    small.want([FrameKey(0, CAMERA, 0)])
    heard.until(lambda keys: keys[-1] == FrameKey(0, CAMERA, 0))
    assert len(heard.keys) == len(set(heard.keys))


def test_the_longest_unused_go_first(shoot, thumbnails):
    heard = Announced()
    small = thumbnails(shoot("h264-g2").dataset, heard, limit=5)
    keys = [FrameKey(0, CAMERA, frame) for frame in range(8)]
    small.want(keys[:5])
    heard.until(lambda heard: len(heard) == 5)
    assert small.get(keys[0]) is not None
    small.want(keys[5:])
    heard.until(lambda heard: len(heard) == 8)
    assert [small.get(key) is not None for key in keys] == [True, *[False] * 3, *[True] * 4]


def test_what_cannot_be_shown_is_said_so(shoot, thumbnails, tmp_path):
    heard = Announced()
    small = thumbnails(write_recording(tmp_path, LENGTHS, FPS), heard)  # its video is missing
    keys = [FrameKey(episode, CAMERA, 0) for episode in (0, 1, 3)] + [FrameKey(0, CAMERA, 99)]
    small.want(keys)
    heard.until(lambda heard: len(heard) == 4)
    assert all(isinstance(small.get(key), Missing) for key in keys)
    assert "is missing" in small.get(keys[2]).message


def test_a_place_outside_the_recording_is_a_defect_that_ends_nothing(shoot, thumbnails, caplog):
    heard = Announced()
    small = thumbnails(shoot("h264-g2").dataset, heard)
    small.want([FrameKey(9, CAMERA, 0), FrameKey(0, "none", 0), FrameKey(0, CAMERA, 0)])
    heard.until(lambda heard: len(heard) == 3)
    assert "bug in this program" in small.get(FrameKey(9, CAMERA, 0)).message
    assert not isinstance(small.get(FrameKey(0, CAMERA, 0)), Missing)


def test_a_listener_may_fail_or_close(shoot, thumbnails, caplog):
    calls = Announced()

    def listener(key):
        calls(key)
        if key.frame:
            small.close()
        raise ValueError("a defect of the listener")

    small = thumbnails(shoot("h264-g2").dataset, listener)
    small.want([FrameKey(0, CAMERA, frame) for frame in range(3)])
    calls.until(lambda keys: len(keys) == 2)
    small.close()
    assert threads() == []
    assert len(calls.keys) == 2


def test_who_works_beside_gives_way_while_somebody_waits():
    precedence, first, second = Precedence(), object(), object()
    assert precedence.give_way(PATIENCE)
    precedence.say(first, True)
    precedence.say(second, True)
    precedence.say(first, True)
    precedence.say(first, False)
    assert not precedence.give_way(0)
    precedence.say(second, False)
    assert precedence.give_way(PATIENCE)


def test_supplies_say_when_somebody_waits(shoot, supply):
    seen = []
    frames = supply(shoot("h264-g2").dataset, lambda key: seen.append(LOOKING.give_way(0)))
    frames.want(0, 0, [CAMERA])
    wait(frames, FrameKey(0, CAMERA, 0))
    idle(frames)
    assert seen == [True]
    assert LOOKING.give_way(0)


def test_what_is_wanted_of_a_closed_supply_holds_nobody_up(make_recording, thumbnails):
    small = thumbnails(make_recording(lengths=(9,)), Announced())
    small.close()
    small.want([FrameKey(0, GRIPPER, 3)])
    assert not GLANCING.waiting
