"""A dataset is read by several threads, each through a reader of its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from labeler.dataset import open_dataset

CAMERA = "observation.images.gripper"


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_it_says_the_same_from_another_thread(make_recording, version):
    dataset = open_dataset(make_recording(version, lengths=(5,) * 40))

    def read(number: int) -> list[object]:
        with dataset.reopened() as other:
            assert other.layout is dataset.layout
            episodes = range(number % 3, len(other), 1 + number % 2)
            return [
                (other[e], other.segment(e, CAMERA), other.rows(e, ["action"])) for e in episodes
            ]

    with ThreadPoolExecutor(4) as pool:
        read_by_threads = list(pool.map(read, range(12)))
    for answers in read_by_threads:
        for episode, segment, rows in answers:
            assert episode == dataset[episode.index]
            assert segment == dataset.segment(episode.index, CAMERA)
            assert rows.equals(dataset.rows(episode.index, ["action"]))


def test_closing_one_leaves_the_other_open(make_recording):
    dataset = open_dataset(make_recording())
    other = dataset.reopened()
    rows = other.rows(1, ["action"])
    dataset.rows(1, ["action"])
    dataset.close()
    assert other.rows(1, ["action"]).equals(rows)
    other.close()
