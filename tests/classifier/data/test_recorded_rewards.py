"""Rewards that say less than they seem to are pointed out."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from classifier.config import settings_of
from classifier.data import labelled_frames, last_frame_note, read_labels_for
from labeler.dataset import open_dataset


def note_of(root) -> str:
    with open_dataset(root) as dataset:
        labels, _ = read_labels_for(dataset, None)
        return last_frame_note(dataset, labelled_frames(dataset, labels, settings_of({}).config))


def test_success_on_last_frames_alone_is_pointed_out(make_recording) -> None:
    said = note_of(make_recording(lengths=(6, 4, 5), reward="last"))
    assert "In all 3 episodes with success, success is the last frame alone." in said
    assert "gym_manipulator" not in said


def test_columns_of_lerobots_recorder_say_that_rewards_are_a_row_early(make_recording) -> None:
    root = make_recording(lengths=(6, 4, 5), reward="last")
    path = root / "meta" / "info.json"
    info = json.loads(path.read_text())
    penalty = {"dtype": "float32", "shape": [1], "names": None}
    info["features"]["complementary_info.discrete_penalty"] = penalty
    path.write_text(json.dumps(info))
    for file in root.glob("data/*/*.parquet"):
        rows = pq.read_table(file)
        zeros = pa.array(np.zeros(len(rows), np.float32))
        pq.write_table(rows.append_column("complementary_info.discrete_penalty", zeros), file)
    assert "the image that was rewarded is in no row" in note_of(root)


@pytest.mark.parametrize("lengths", [(6, 4, 5), (6,)])
def test_other_rewards_are_left_alone(make_recording, lengths) -> None:
    """More success than the last frame, success elsewhere, a single episode."""

    def earlier(episode: int) -> np.ndarray:
        return (np.arange(lengths[episode]) >= lengths[episode] - 2).astype(np.float32)

    def inside(episode: int) -> np.ndarray:
        return (np.arange(lengths[episode]) == 1).astype(np.float32)

    for name, reward in (("earlier", earlier), ("inside", inside)):
        assert note_of(make_recording(lengths=lengths, reward=reward, name=name)) == ""
    if len(lengths) == 1:
        assert note_of(make_recording(lengths=lengths, reward="last", name="last")) == ""
