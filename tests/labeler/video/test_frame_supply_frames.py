"""Frame i that is shown is row i of the dataset, whatever the files look like."""

import random

import numpy as np
import pytest

from labeler.dataset import open_dataset
from labeler.video import FrameKey, RgbConverter

from .conftest import LENGTHS, Shot
from .films import FILMS, FPS, TICKS, number_in
from .listening import idle, shown, wait
from .recordings import CAMERA, video_path, write_recording

CAMERAS = ("observation.images.gripper", "observation.images.front", "observation.images.side")


@pytest.mark.parametrize(("codec", "gop"), [("h264", 2), ("h264", 250), ("av1", 2), ("av1", 250)])
@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_every_frame_of_every_camera(make_recording, supply, read_picture, version, codec, gop):
    """Three cameras, in files of their own ways: all episodes, two each, one each."""
    root = make_recording(
        version,
        (21, 1, 12, 30),
        codec=codec,
        gop=gop,
        cameras=CAMERAS,
        episodes_per_video_file=(None, 2, 1) if version == "v3.0" else (None,),
    )
    dataset = open_dataset(root)
    frames = supply(dataset)
    for episode in (2, 0, 3, 1):
        frames.want(episode, dataset[episode].length // 2, CAMERAS)
        idle(frames)
        for camera in CAMERAS:
            for frame in range(dataset[episode].length):
                key = FrameKey(episode, camera, frame)
                assert shown(frames, key, read_picture) == (episode, frame)


@pytest.mark.parametrize("kind", ["image", "video"])
def test_random_places_at_once(make_recording, supply, read_picture, kind):
    root = make_recording(kind=kind, lengths=(40, 9, 33), gop=250, cameras=CAMERAS)
    dataset = open_dataset(root)
    frames = supply(dataset)
    draw = random.Random(0)
    for _ in range(60):
        episode = draw.randrange(3)
        frame = draw.randrange(dataset[episode].length)
        frames.want(episode, frame, CAMERAS, draw.choice((-1, 0, 1)))
        for camera in CAMERAS:
            wait(frames, key := FrameKey(episode, camera, frame))
            assert shown(frames, key, read_picture) == (episode, frame)


def test_pixels_are_those_of_the_decoder_for_every_kind_of_film(shot: Shot, supply):
    """B-frames, open groups of pictures, fragments, HEVC."""
    frames, convert = supply(shot.dataset), RgbConverter()
    for episode, length in enumerate(LENGTHS):
        for place in {length - 1, length // 2}:
            frames.want(episode, place, [CAMERA])
            wait(frames, FrameKey(episode, CAMERA, place))
        idle(frames)
        for frame in range(length):
            picture = frames.get(FrameKey(episode, CAMERA, frame))
            assert np.array_equal(convert(picture), shot.truth[shot.number(episode, frame)])


def test_stepping_back_gives_every_frame(shot: Shot, supply):
    frames, convert = supply(shot.dataset), RgbConverter()
    for frame in range(LENGTHS[3] - 1, -1, -1):
        frames.want(3, frame, [CAMERA], direction=-1)
        picture = wait(frames, FrameKey(3, CAMERA, frame))
        assert np.array_equal(convert(picture), shot.truth[shot.number(3, frame)])


@pytest.mark.parametrize("name", ["h264-b-g250", "h264-open", "hevc-open"])
def test_times_that_are_not_even(tmp_path, supply, name):
    """Images lie between those of the recording; frame 20 has one near by, frame 21 has none."""
    grid = [index * TICKS for index in range(30) if index not in (20, 21)]
    times = sorted(grid + [index * TICKS + 300 for index in range(0, 30, 4)])
    numbers = [time // TICKS if time in grid else 200 for time in times]
    FILMS[name].write(video_path(tmp_path), numbers, times)
    frames, convert = supply(write_recording(tmp_path, [30], FPS)), RgbConverter()
    frames.want(0, 25, [CAMERA])
    idle(frames)
    for frame in range(30):
        image = frames.get(FrameKey(0, CAMERA, frame))
        if frame == 21:
            assert image.message.startswith("Frame 21 of episode 0")
        else:
            assert number_in(convert(image)) == (200 if frame == 20 else frame)


@pytest.mark.parametrize("fps", [29.97, 30, 7])
def test_rates_that_seconds_cannot_say_exactly(tmp_path, supply, fps):
    times = [round(index * FPS * TICKS / fps) for index in range(200)]
    FILMS["h264-b-g250"].write(video_path(tmp_path), range(200), times)
    frames, convert = supply(write_recording(tmp_path, [90, 110], fps)), RgbConverter()
    frames.want(1, 50, [CAMERA])
    idle(frames)
    for frame in range(110):
        assert number_in(convert(frames.get(FrameKey(1, CAMERA, frame)))) == 90 + frame


def test_places_outside_the_recording(make_recording, supply, read_picture):
    """Places outside the recording are refused; what is in it comes from its own file only."""
    frames = supply(make_recording())
    for episode, frame in ((-1, 0), (3, 0), (0, -1), (0, 12)):
        with pytest.raises(IndexError):
            frames.want(episode, frame, CAMERAS[:1])
    frames.want(1, 8, CAMERAS[:1])
    idle(frames)
    assert frames.get(FrameKey(1, CAMERAS[0], 9)) is None
    assert frames.get(FrameKey(0, CAMERAS[0], 11)) is None
    assert shown(frames, FrameKey(1, CAMERAS[0], 0), read_picture) == (1, 0)
