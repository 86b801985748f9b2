"""On the way to a frame of H.264, pictures that no other needs are left out; no frame changes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from labeler.dataset import Dataset
from labeler.errors import MissingFrameError
from labeler.video import FrameKey, FrameReader, FrameSupply

from .films import FPS, TICKS, Film, number_in, plain_decode
from .listening import idle, wait
from .recordings import CAMERA, video_path, write_recording

LENGTH = 60
_FIXED = "scenecut=0:b-adapt=0:keyint=250:bframes=3:"

FORMS = {
    "pyramid": _FIXED + "b-pyramid=normal:ref=4",
    "strict-pyramid": _FIXED + "b-pyramid=strict",
    "no-pyramid": _FIXED + "b-pyramid=none:ref=1",
    "many-b": _FIXED + "bframes=7:b-pyramid=normal:ref=8",
    "one-b": _FIXED + "bframes=1:weightp=2:weightb=1:direct=temporal",
    "open-gop": _FIXED + "keyint=20:open-gop=1",
    "short-gop": _FIXED + "keyint=12",
    "interlaced": _FIXED + "tff=1",
    "slices": _FIXED + "slices=4:cabac=0",
    "adaptive": "keyint=250:bframes=3",
}
WITHOUT = {"only-references": "keyint=250:scenecut=0:bframes=0"}


@dataclass(frozen=True)
class Take:
    """A recording of one episode in one form, and every frame of it decoded from the start."""

    dataset: Dataset
    path: Path
    truth: list[np.ndarray]


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Take]:
    made: dict[str, Take] = {}

    def give(form: str) -> Take:
        if form not in made:
            root = tmp_path_factory.mktemp(form)
            film = Film("libx264", {"x264-params": {**FORMS, **WITHOUT}[form]})
            path = film.write(video_path(root), range(LENGTH))
            truth = [pixels for _, pixels in plain_decode(path)]
            assert [number_in(pixels) for pixels in truth] == list(range(LENGTH))
            made[form] = Take(write_recording(root, [LENGTH], FPS), path, truth)
        return made[form]

    return give


def on_the_way(reader: FrameReader, frame: int, since: int) -> dict[int, np.ndarray]:
    """The pictures that come with a frame, each as RGB."""
    seen: dict[int, np.ndarray] = {}
    reader.raw(0, frame, lambda i, one: seen.update({i: one.to_ndarray(format="rgb24")}), since)
    return seen


@pytest.mark.parametrize("form", [*FORMS, *WITHOUT])
def test_every_frame_is_that_of_decoding_from_the_start(take, form):
    recording = take(form)
    for frame in range(LENGTH):
        with FrameReader(recording.dataset, CAMERA) as reader:
            assert np.array_equal(reader.frame(0, frame), recording.truth[frame])
            # The decoder goes on from there, goes back, and comes again.
            for other in (*range(frame + 1, min(frame + 6, LENGTH)), frame // 2, frame):
                assert np.array_equal(reader.frame(0, other), recording.truth[other])


@pytest.mark.parametrize("form", [*FORMS, *WITHOUT])
@pytest.mark.parametrize("step", [2, 7, -5])
def test_strides(take, form, step):
    recording = take(form)
    with FrameReader(recording.dataset, CAMERA) as reader:
        for frame in range(LENGTH)[::step]:
            assert np.array_equal(reader.frame(0, frame), recording.truth[frame])


@pytest.mark.parametrize("form", FORMS)
def test_from_the_frame_named_on_none_is_left_out(take, form):
    recording = take(form)
    for frame in range(1, LENGTH, 4):
        since = max(frame - 8, 0)
        with FrameReader(recording.dataset, CAMERA) as reader:
            few = on_the_way(reader, frame, since)
        with FrameReader(recording.dataset, CAMERA) as reader:
            every = on_the_way(reader, frame, 0)
        assert {number for number in every if number >= since} <= set(few) <= set(every)
        for number, pixels in few.items():
            assert np.array_equal(pixels, recording.truth[number])


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"open-gop", "short-gop"}))
def test_on_a_long_way_many_are_left_out(take, form):
    with FrameReader(take(form).dataset, CAMERA) as reader:
        few = on_the_way(reader, LENGTH - 2, LENGTH - 2)
    with FrameReader(take(form).dataset, CAMERA) as reader:
        assert set(on_the_way(reader, LENGTH - 2, 0)) == set(range(LENGTH - 1))
    assert len(few) < 0.8 * LENGTH


def test_a_search_that_was_ended_does_not_hide_what_it_left_out(take):
    """The next one goes on where the decoder stands, behind pictures that were left out."""

    class Ended(Exception):
        pass

    def end(frame: int, picture: object) -> None:
        if frame >= stop:
            raise Ended

    recording = take("pyramid")
    for stop in range(1, 50, 3):
        for ahead in range(12):
            with FrameReader(recording.dataset, CAMERA) as reader:
                with pytest.raises(Ended):
                    reader.raw(0, 58, end, 58)
                for frame in (stop + ahead, stop, stop + ahead + 1):
                    frame = min(frame, LENGTH - 1)
                    assert np.array_equal(reader.frame(0, frame), recording.truth[frame])


@pytest.mark.parametrize("form", ["pyramid", "open-gop", "many-b", "adaptive"])
def test_missing_frames_and_uneven_times(tmp_path, form):
    """Frames that are not there are said to be missing, all others are exact; in any order."""
    random = np.random.default_rng(8)
    gaps = random.choice([1, 1, 1, 2, 5], LENGTH)
    places = (np.cumsum(gaps) - gaps[0]).tolist()
    length = places[-1] + 8  # the last ones are missing, too
    film = Film("libx264", {"x264-params": FORMS[form]})
    path = film.write(video_path(tmp_path), range(LENGTH), [place * TICKS for place in places])
    truth = dict(zip(places, (pixels for _, pixels in plain_decode(path)), strict=True))
    with FrameReader(write_recording(tmp_path, [length], FPS), CAMERA) as reader:
        for frame in [*random.permutation(length), *range(length), *range(length - 1, -1, -1)]:
            if int(frame) in truth:
                assert np.array_equal(reader.frame(0, int(frame)), truth[int(frame)])
            else:
                with pytest.raises(MissingFrameError):
                    reader.frame(0, int(frame))


@pytest.mark.parametrize("part", [0.5, 0.8])
def test_a_file_that_is_cut_off(take, tmp_path, part):
    """Where full decoding gives a frame, a jump to it does, too, and the same one."""
    recording = take("pyramid")
    content = recording.path.read_bytes()
    path = video_path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(content[: int(part * len(content))])
    dataset = write_recording(tmp_path, [LENGTH], FPS)
    whole: set[int] = set()
    with FrameReader(dataset, CAMERA) as reader, pytest.raises(MissingFrameError):
        for frame, pixels in enumerate(reader.frames(0)):
            assert np.array_equal(pixels, recording.truth[frame])
            whole.add(frame)
    assert 10 < len(whole) < LENGTH
    for frame in sorted(whole):
        with FrameReader(dataset, CAMERA) as reader:
            assert np.array_equal(reader.frame(0, frame), recording.truth[frame])


def test_the_whole_episode_is_there_after_a_jump(take, supply: Callable[..., FrameSupply]) -> None:
    """What was left out is decoded behind the place shown."""
    recording = take("pyramid")
    frames = supply(recording.dataset)
    frames.want(0, 50, [CAMERA])
    wait(frames, FrameKey(0, CAMERA, 50))
    for frame in range(42, 51):  # what lies just before came with it
        assert frames.get(FrameKey(0, CAMERA, frame)) is not None
    idle(frames)
    for frame in range(LENGTH):
        picture = frames.get(FrameKey(0, CAMERA, frame))
        assert np.array_equal(picture.to_ndarray(format="rgb24"), recording.truth[frame])
