"""Which frames are trained on: as the labels say, wherever they come from."""

import json
from pathlib import Path

import numpy as np
import pytest

from classifier.cli.cures import hint
from classifier.config import settings_of
from classifier.data import labelled_frames, read_labels_for
from classifier.data.labelled import labels_asked_for
from labeler.dataset import open_dataset
from labeler.dataset.labels_of import identity_of
from labeler.errors import LabelError, SourceChangedError, UsageError
from labeler.labels import DatasetLabels, EpisodeLabel, FrameRange
from labeler.labels.document import to_text
from labeler.labels.episode import exclude, never, skip, with_cutoff, with_success
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import prepare
from labeler.storage.record.copy_record import Options
from labeler.storage.record.selection import Unlabeled

LENGTHS = (6, 5, 4, 3, 4)


def labels() -> DatasetLabels:
    """A success with excluded frames, a never, a skipped one, an unlabelled one, ranges."""
    lengths = [EpisodeLabel(length) for length in LENGTHS]
    ranges = with_success(lengths[4], (FrameRange(0, 1), FrameRange(2, 3)))
    touched = {
        0: exclude(with_cutoff(lengths[0], 3), FrameRange(2, 4)),
        1: never(lengths[1]),
        2: skip(lengths[2]),
        4: ranges,
    }
    return DatasetLabels(LENGTHS, touched)


ROWS = {0: [(0, 0), (1, 0), (4, 1), (5, 1)], 1: [(f, 0) for f in range(5)]}
ROWS |= {4: [(0, 1), (1, 0), (2, 1), (3, 0)]}


def rows(root: Path, file: Path | None = None, **changes: object) -> dict[int, list]:
    config = settings_of(changes).config
    with open_dataset(root) as dataset:
        known, _ = read_labels_for(dataset, file, config.reward_model.num_classes)
        found = labelled_frames(dataset, known, config)
    assert found.success.tolist() == (found.targets == 1).tolist()
    result = {episode: [] for episode in found.episode_list()}
    for episode, frame, target in zip(found.episodes, found.frames, found.targets, strict=True):
        result[int(episode)].append((int(frame), int(target)))
    assert len(found) == sum(map(len, result.values()))
    return result


@pytest.fixture
def root(make_recording):
    return make_recording(lengths=LENGTHS)


@pytest.fixture
def file(root, tmp_path) -> Path:
    path = tmp_path / "labels.json"
    with open_dataset(root) as dataset:
        path.write_text(to_text(labels().with_identity(identity_of(dataset))))
    return path


def test_a_label_file(root, file) -> None:
    assert rows(root, file) == ROWS


def test_a_simple_label_file(root, tmp_path) -> None:
    path = tmp_path / "cutoffs.json"
    path.write_text(json.dumps({"0": 4, "3": 0}))
    expected = {0: [(f, int(f >= 4)) for f in range(6)], 3: [(f, 1) for f in range(3)]}
    assert rows(root, path) == expected


def test_a_guarded_copy_knows_what_was_excluded(root) -> None:
    copy = root.with_name("copy")
    options = Options(unlabeled=Unlabeled.ZERO)
    with open_dataset(root) as source:
        write_copy(prepare(source, labels(), copy, options))
    found = rows(copy)
    assert found[0] == ROWS[0]
    assert {episode: found[episode] for episode in (1, 4)} == {1: ROWS[1], 4: ROWS[4]}
    (copy / "meta/labeler/labels.json").unlink()
    assert rows(copy)[0] == [(f, int(f >= 4)) for f in range(6)]  # all that the column says


def test_the_column_of_rewards(make_recording) -> None:
    root = make_recording(lengths=LENGTHS, reward="last")
    expected = {e: [(f, int(f == n - 1)) for f in range(n)] for e, n in enumerate(LENGTHS)}
    assert rows(root) == expected


def test_a_label_file_comes_before_the_column(make_recording, tmp_path) -> None:
    root = make_recording(lengths=LENGTHS, reward="last")
    path = tmp_path / "cutoffs.json"
    path.write_text(json.dumps({"0": 4}))
    assert rows(root, path) == {0: [(f, int(f >= 4)) for f in range(6)]}


def test_chosen_episodes(root, file) -> None:
    assert rows(root, file, dataset={"episodes": [4, 0, 0]}) == {0: ROWS[0], 4: ROWS[4]}
    with pytest.raises(UsageError, match="names episode 5; the dataset has 5"):
        rows(root, file, dataset={"episodes": [1, 5]})


def test_excluded_episodes(root, file) -> None:
    assert rows(root, file, dataset={"exclude_episodes": [0, 2]}) == {1: ROWS[1], 4: ROWS[4]}
    both = {"episodes": [4, 0, 1], "exclude_episodes": [1, 3]}
    assert rows(root, file, dataset=both) == {0: ROWS[0], 4: ROWS[4]}
    with pytest.raises(UsageError, match="exclude_episodes names episode 5; the dataset has 5"):
        rows(root, file, dataset={"exclude_episodes": [5]})
    with pytest.raises(UsageError, match="leaves no episode"):
        rows(root, file, dataset={"exclude_episodes": [0, 1, 2, 3, 4]})


def test_labels_of_another_dataset_are_refused(root, file, make_recording) -> None:
    other = make_recording(lengths=LENGTHS, name="other", fps=20)
    with pytest.raises(SourceChangedError, match="another dataset") as error:
        rows(other, file)
    assert str(file) in error.value.message


def test_a_dataset_without_labels_is_refused(root) -> None:
    with pytest.raises(LabelError, match="has no labels") as error:
        rows(root)
    assert "--labels" in hint(error.value)


@pytest.mark.parametrize(("cutoffs", "told"), [({"0": 0}, "success"), ({"0": None}, "failure")])
def test_one_class_cannot_be_told_apart(root, tmp_path, cutoffs, told) -> None:
    path = tmp_path / "labels.json"
    label = EpisodeLabel(6)
    whole = never(label) if cutoffs["0"] is None else with_cutoff(label, 0)
    path.write_text(to_text(DatasetLabels(LENGTHS, {0: whole})))
    with pytest.raises(LabelError, match=f"All 6 labelled frames are {told}"):
        rows(root, path)


def test_episodes_without_a_decision_are_not_enough(root, tmp_path) -> None:
    path = tmp_path / "labels.json"
    path.write_text(to_text(DatasetLabels(LENGTHS, {2: skip(EpisodeLabel(4))})))
    with pytest.raises(LabelError, match="None of the 5 episodes"):
        rows(root, path)


def test_classes_of_the_column(make_recording) -> None:
    root = make_recording(lengths=(4, 4), reward=lambda e: np.array([0, 1, 2, 2 - e], np.float32))
    found = rows(root, reward_model={"num_classes": 3})
    assert found == {0: [(0, 0), (1, 1), (2, 2), (3, 2)], 1: [(0, 0), (1, 1), (2, 2), (3, 1)]}
    with pytest.raises(LabelError, match="other values than 0 and 1"):
        rows(root)


@pytest.mark.parametrize("wrong", [3, -1, 0.5, np.nan])
def test_rewards_that_are_no_class_are_refused(make_recording, wrong) -> None:
    root = make_recording(lengths=(4,), reward=lambda e: np.array([0, 1, 2, wrong], np.float32))
    with pytest.raises(LabelError, match="none of the classes 0 to 2"):
        rows(root, reward_model={"num_classes": 3})


@pytest.mark.parametrize(
    ("setting", "value", "needed"),
    [
        ("labels_rule", "last", "train.labels_from"),
        ("frames_from", 1, "train.labels"),
        ("episodes_from", 0, "train.labels"),
    ],
)
def test_a_setting_without_effect_is_refused(make_recording, setting, value, needed) -> None:
    root = make_recording("v3.0", LENGTHS, reward="last")
    config = settings_of({"train": {setting: value}}).config
    with open_dataset(root) as dataset, pytest.raises(UsageError, match=setting) as caught:
        labels_asked_for(dataset, config)
    assert hint(caught.value) == f"Name it in {needed}."
    assert config.train.labels is None


def test_one_success_that_waits_is_one(make_recording) -> None:
    ends = {0: 1.0, 1: 0.0, 2: 0.0, 3: 0.0, 4: 0.0}
    root = make_recording(
        "v3.0", LENGTHS, reward=lambda episode: np.full(LENGTHS[episode], ends[episode], np.float32)
    )
    told = {"labels_from": "next.reward", "labels_rule": "last"}
    with open_dataset(root) as dataset:
        _, [note] = labels_asked_for(dataset, settings_of({"train": told}).config)
    assert note.endswith("; 1 episode succeeds, it does not say when, and is left out.")
