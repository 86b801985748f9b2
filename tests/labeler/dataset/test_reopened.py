"""A dataset is read by several threads, each through a reader of its own."""

from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.dataset import open_dataset

CAMERA = "observation.images.gripper"


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_it_says_the_same_from_another_thread(make_recording, version):
    dataset = open_dataset(make_recording(version, lengths=(5,) * 40))

    def read(number: int) -> list[object]:
        with dataset.reopen() as other:
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
    other = dataset.reopen()
    rows = other.rows(1, ["action"])
    dataset.rows(1, ["action"])
    dataset.close()
    assert other.rows(1, ["action"]).equals(rows)
    other.close()


def test_a_footer_is_decoded_once_for_all_readers(make_recording, monkeypatch):
    dataset = open_dataset(make_recording(lengths=(5,) * 8))
    decoded = []
    read = pq.read_metadata
    monkeypatch.setattr(pq, "read_metadata", lambda path: decoded.append(path) or read(path))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda e: dataset.reopen().rows(e, ["episode_index"]), range(8)))
    assert [rows["episode_index"][0].as_py() for rows in found] == list(range(8))
    assert len(decoded) == 1


def test_a_data_file_that_was_replaced_is_read_as_it_is(make_recording):
    dataset = open_dataset(make_recording())
    before = dataset.rows(1, ["action"])
    path = dataset.root / dataset[1].data_file
    table = pq.read_table(path)
    actions = table["action"]
    other = pa.array([[9.0] * len(row) for row in actions.to_pylist()], actions.type)
    changed = table.set_column(table.column_names.index("action"), "action", other)
    pq.write_table(changed, path.with_name("new"), row_group_size=3)
    path.with_name("new").replace(path)
    assert dataset.rows(1, ["action"]).equals(before)  # open already
    rows = dataset.reopen().rows(1, ["action"])["action"].to_pylist()
    assert rows == [[9.0] * len(row) for row in rows]
