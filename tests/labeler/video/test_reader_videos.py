"""Frame i is frame i, whatever was read before it."""

import gc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeler.errors import DamagedDatasetError, MissingFrameError
from labeler.video import FrameReader

from .conftest import LENGTHS, Shot
from .films import FILMS, FPS, TICKS, number_in
from .recordings import CAMERA, video_path, write_recording

PLACES = [(episode, frame) for episode, length in enumerate(LENGTHS) for frame in range(length)]


def check(shot: Shot, reader: FrameReader, episode: int, frame: int) -> None:
    pixels = reader.frame(episode, frame)
    number = shot.number(episode, frame)
    assert number_in(pixels) == number
    assert np.array_equal(pixels, shot.truth[number])


def test_forward_backward_and_strides_give_every_frame_exactly(shot):
    with FrameReader(shot.dataset, CAMERA) as reader:
        for places in (PLACES, PLACES[::-1], PLACES[::7], PLACES[::-3]):
            for place in places:
                check(shot, reader, *place)


def test_a_frame_far_from_the_one_before_is_exact(shot):
    with FrameReader(shot.dataset, CAMERA) as reader:
        for place in PLACES:
            reader.frame(3, 51)
            check(shot, reader, *place)


@pytest.mark.parametrize("step", [1, 2, 5, 33])
def test_sequential_reading_gives_the_same_frames(shot, step):
    with FrameReader(shot.dataset, CAMERA) as reader:
        for episode, length in enumerate(LENGTHS):
            for start in range(0, length, 9):
                numbers = [number_in(f) for f in reader.frames(episode, start, length, step)]
                first = shot.number(episode, 0)
                assert numbers == [first + frame for frame in range(start, length, step)]


def test_interleaved_iterators_do_not_disturb_each_other(shot):
    with FrameReader(shot.dataset, CAMERA) as reader:
        pairs = list(zip(reader.frames(0, 0, 12), reader.frames(3, 40), strict=True))
    for index, (first, second) in enumerate(pairs):
        assert np.array_equal(first, shot.truth[shot.number(0, index)])
        assert np.array_equal(second, shot.truth[shot.number(3, 40 + index)])


@pytest.mark.parametrize("name", ["av1-g2", "h264-b-g250", "h264-open", "hevc-open"])
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(places=st.lists(st.tuples(st.sampled_from(PLACES), st.booleans()), max_size=12))
def test_any_order_of_access(shoot, name, places):
    shot = shoot(name)
    with FrameReader(shot.dataset, CAMERA) as reader:
        for (episode, frame), sequential in places:
            if sequential:
                for offset, pixels in enumerate(reader.frames(episode, frame)):
                    assert np.array_equal(pixels, shot.truth[shot.number(episode, frame + offset)])
                    if offset == 3:
                        break
            else:
                check(shot, reader, episode, frame)


def test_raw_frames_are_what_the_pixels_come_from(shoot):
    shot = shoot("av1-g2")
    with FrameReader(shot.dataset, CAMERA) as reader:
        frame = reader.raw(1, 3)
        assert frame.format.name == "yuv420p"
        assert np.array_equal(frame.to_ndarray(format="rgb24"), reader.frame(1, 3))
        assert frame.to_ndarray(format="rgb24").dtype == np.uint8


def test_frames_are_taken_by_their_time_not_by_counting(tmp_path):
    """Between the frames of the recording lie others; two of the recording are not there.

    The nearest image less than half a frame away stands for the one at 20; 10 has none.
    """
    grid = [index * TICKS for index in range(30) if index not in (10, 20)]
    between = [index * TICKS + 300 for index in range(0, 30, 4)]
    times = sorted(grid + between)
    numbers = [time // TICKS if time in grid else 200 for time in times]
    film = FILMS["h264-b-g250"]
    film.write(video_path(tmp_path), numbers, times)
    dataset = write_recording(tmp_path, [30], FPS)
    with FrameReader(dataset, CAMERA) as reader:
        for frame in [*range(30), *range(29, -1, -1), 20, 21, 19, 20, 10, 11, 9, 10]:
            if frame == 10:
                with pytest.raises(MissingFrameError, match="Frame 10 of episode 0"):
                    reader.frame(0, frame)
            else:
                assert number_in(reader.frame(0, frame)) == (200 if frame == 20 else frame)


@pytest.mark.parametrize("name", ["h264-open", "hevc-open"])
def test_gaps_in_time_do_not_mislead_the_choice_of_keyframe(tmp_path, name):
    """Decoding times say little about showing times here, and keyframes are many."""
    gaps = np.random.default_rng(5).choice([1, 1, 1, 2, 9], 120)
    gaps[:5] = 1  # at the head, showing follows decoding closely
    places = np.cumsum(gaps) - gaps[0]
    length = int(places[-1]) + 1
    film = FILMS[name]
    film.write(video_path(tmp_path), range(len(places)), [int(place) * TICKS for place in places])
    numbers = {int(place): number for number, place in enumerate(places)}
    with FrameReader(write_recording(tmp_path, [length], FPS), CAMERA) as reader:
        for frame in np.random.default_rng(6).permutation(length):
            if int(frame) in numbers:
                assert number_in(reader.frame(0, int(frame))) == numbers[int(frame)]
            else:
                with pytest.raises(MissingFrameError):
                    reader.frame(0, int(frame))


@pytest.mark.parametrize("fps", [29.97, 30, 7])
def test_rates_that_seconds_cannot_say_exactly(tmp_path, fps):
    times = [round(index * FPS * TICKS / fps) for index in range(200)]
    FILMS["h264-g2"].write(video_path(tmp_path), range(200), times)
    dataset = write_recording(tmp_path, [90, 110], fps)
    with FrameReader(dataset, CAMERA) as reader:
        for frame in range(0, 110, 3):
            assert number_in(reader.frame(1, frame)) == 90 + frame


def test_no_more_files_stay_open_than_allowed(shoot, tmp_path):
    shot = shoot("av1-g2")
    for file in range(6):
        path = video_path(tmp_path, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(shot.path.read_bytes())
    dataset = write_recording(tmp_path, [9] * 6, FPS, files=range(6))
    before = len(open_videos())
    with FrameReader(dataset, CAMERA, max_open=2) as reader:
        for episode in (0, 1, 2, 3, 4, 5, 0, 5, 3):
            assert number_in(reader.frame(episode, 8)) == 8
            assert number_in(next(reader.frames(episode, 4))) == 4
            assert len(open_videos()) - before <= 2
    assert len(open_videos()) == before


def open_videos() -> list[str]:
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("open files cannot be listed here")
    gc.collect()  # what other tests left open is not closed in between
    targets = [str(link.readlink()) for link in folder.iterdir() if link.is_symlink()]
    return [target for target in targets if target.endswith(".mp4")]


def test_a_closed_reader_opens_its_files_again(shoot):
    shot = shoot("h264-g2")
    reader = FrameReader(shot.dataset, CAMERA)
    for _ in range(2):
        check(shot, reader, 1, 2)
        reader.close()


@pytest.mark.parametrize("place", [(-1, 0), (4, 0), (0, -1), (0, 40), (2, 1)])
def test_places_outside_the_recording(shoot, place):
    with FrameReader(shoot("h264-g2").dataset, CAMERA) as reader, pytest.raises(IndexError):
        reader.frame(*place)


@pytest.mark.parametrize("part", [(-1, 3, 1), (0, 41, 1), (0, 3, 0), (3, 0, -1)])
def test_ranges_outside_the_recording(shoot, part):
    with FrameReader(shoot("h264-g2").dataset, CAMERA) as reader, pytest.raises(IndexError):
        reader.frames(0, *part)


def test_a_missing_video_is_named(tmp_path):
    dataset = write_recording(tmp_path, [3], FPS)
    with (
        FrameReader(dataset, CAMERA) as reader,
        pytest.raises(DamagedDatasetError, match=r"file-000\.mp4 is missing"),
    ):
        reader.frame(0, 0)
