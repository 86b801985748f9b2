"""Pictures come in order, ahead of use, and their thread ends with the use."""

import threading
import time
from contextlib import closing

import pytest
import torch

from classifier.config import CameraInput
from classifier.data import decode_batches, frame_images
from labeler.dataset import open_dataset
from labeler.errors import DamagedDatasetError
from tests.classifier.conftest import GRIPPER

CAMERA = CameraInput(GRIPPER, 64, 64)
LENGTHS = (12, 1, 8, 5)


@pytest.fixture(params=["video", "image"])
def root(request, make_recording):
    return make_recording(lengths=LENGTHS, kind=request.param, episodes_per_video_file=(2,))


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "decoding"]


def seen(read_picture, pictures: torch.Tensor) -> list[tuple[int, int]]:
    pixels = pictures.mul(255).round().byte().permute(0, 2, 3, 1).numpy()
    return [read_picture(picture) for picture in pixels]


@pytest.mark.parametrize("size", [1, 4, 5, 100])
def test_frames_come_in_order_in_batches_of_one_episode(root, read_picture, size) -> None:
    with open_dataset(root) as dataset:
        batches = list(decode_batches(dataset, CAMERA, [2, 0, 1], size))
    places, sizes = [], {}
    for batch in batches:
        assert batch.images.shape[1:] == (3, 64, 64)
        assert batch.images.dtype == torch.float32
        frames = range(batch.first, batch.first + len(batch.images))
        assert seen(read_picture, batch.images) == [(batch.episode, frame) for frame in frames]
        places += [(batch.episode, frame) for frame in frames]
        sizes.setdefault(batch.episode, []).append(len(batch.images))
    assert places == [(episode, f) for episode in (2, 0, 1) for f in range(LENGTHS[episode])]
    for episode, found in sizes.items():
        assert found[:-1] == [size] * (LENGTHS[episode] // size - (LENGTHS[episode] % size == 0))
        assert 1 <= found[-1] <= size
    assert threads() == []


def test_no_episode_gives_nothing(root) -> None:
    with open_dataset(root) as dataset:
        assert list(decode_batches(dataset, CAMERA, [], 4)) == []


def test_leaving_early_ends_the_thread(root) -> None:
    with open_dataset(root) as dataset:
        with closing(decode_batches(dataset, CAMERA, [0, 2, 3], 1)) as batches:
            assert next(batches).first == 0
            assert len(threads()) == 1
        assert threads() == []


def test_no_more_is_decoded_ahead_than_a_few_batches(make_recording) -> None:
    root, taken = make_recording(lengths=(2,) * 20), []

    def episodes():
        for episode in range(20):
            taken.append(episode)
            yield episode

    with (
        open_dataset(root) as dataset,
        closing(decode_batches(dataset, CAMERA, episodes(), 2)) as batches,
    ):
        next(batches)
        time.sleep(0.3)
        assert len(taken) < 10
        assert [batch.episode for batch in batches] == list(range(1, 20))


def test_an_error_in_the_thread_is_raised_where_frames_are_used(make_recording) -> None:
    root = make_recording(lengths=LENGTHS, episodes_per_video_file=(1,))
    films = sorted(root.rglob("*.mp4"))
    films[2].write_bytes(films[2].read_bytes()[:500])
    found = []
    with open_dataset(root) as dataset, pytest.raises(DamagedDatasetError) as error:
        found.extend((b.episode, b.first) for b in decode_batches(dataset, CAMERA, [0, 1, 2, 3], 6))
    assert films[2].name in str(error.value)
    assert found == [] or found[-1][0] <= 1
    assert threads() == []


def test_an_error_of_the_user_ends_the_thread(root) -> None:
    class Enough(Exception):
        pass

    def use(batches) -> None:
        for _ in batches:
            raise Enough

    with open_dataset(root) as dataset:
        with closing(decode_batches(dataset, CAMERA, [0], 1)) as batches, pytest.raises(Enough):
            use(batches)
        assert threads() == []


def test_single_frames_in_any_order(root, read_picture) -> None:
    wanted = [(3, 4), (0, 0), (0, 11), (1, 0), (3, 4)]
    with open_dataset(root) as dataset:
        found = torch.stack(list(frame_images(dataset, CAMERA, wanted)))
    assert seen(read_picture, found) == wanted
