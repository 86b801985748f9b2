"""What a copy holds: every version, every option, new and brought up to date."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.dataset import open_dataset
from labeler.errors import LabelError, RefusedError, SourceChangedError, UnlabeledEpisodesError
from labeler.labels import DatasetLabels, EpisodeLabel, FrameRange, State
from labeler.labels.document import from_text
from labeler.labels.episode import exclude, never, skip, with_cutoff, with_success
from labeler.storage.checking.check import differences
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import prepare
from labeler.storage.record.copy_record import LABELS, Options, read_record
from labeler.storage.record.selection import Unlabeled
from labeler.video import FrameReader

VERSIONS = ("v2.0", "v2.1", "v3.0")
LENGTHS = (12, 9, 15, 7)
CAMERAS = ("observation.images.gripper", "observation.images.front")


def labels_for(lengths=LENGTHS, cutoffs=(5, None, 0, 3)) -> DatasetLabels:
    labels = {}
    for episode, (length, cutoff) in enumerate(zip(lengths, cutoffs, strict=True)):
        label = EpisodeLabel(length)
        labels[episode] = never(label) if cutoff is None else with_cutoff(label, cutoff)
    return DatasetLabels(lengths, labels)


def apply(root: Path, labels: DatasetLabels, **options) -> Path:
    accept = options.pop("accept_changed", False)
    destination = root.with_name(f"{root.name}_labeled")
    with open_dataset(root) as source:
        prepared = prepare(source, labels, destination, Options(**options), accept_changed=accept)
        write_copy(prepared)
        assert differences(destination, against=source) == []
    return destination


def rewards(root: Path, column: str = "next.reward") -> list[list[float]]:
    with open_dataset(root) as copy:
        return [copy.rows(e, [column])[column].to_pylist() for e in range(len(copy))]


def from_cutoff(length: int, cutoff: int | None) -> list[float]:
    return [float(cutoff is not None and frame >= cutoff) for frame in range(length)]


@pytest.mark.parametrize("place", ["sarm_progress.parquet", "scores/reward.parquet"])
@pytest.mark.parametrize("version", VERSIONS)
def test_scores_of_frames_stay_with_the_episodes_they_are_of(make_recording, version, place):
    """LeRobot's training weights frames by them, and would take those of other episodes."""
    root = make_recording(version, LENGTHS)
    (root / place).parent.mkdir(exist_ok=True)
    numbers = {
        "episode_index": np.repeat(np.arange(len(LENGTHS)), LENGTHS),
        "frame_index": np.concatenate([np.arange(length) for length in LENGTHS]),
    }
    scores = pa.table(
        {"index": np.arange(sum(LENGTHS)), **numbers, "progress_sparse": np.zeros(sum(LENGTHS))}
    )
    pq.write_table(scores, root / place)
    table = pa.table({"episode_index": [0], "operator": ["ana"]})
    pq.write_table(table, root / "operators.parquet")
    labels = labels_for()
    copy = apply(root, labels)
    assert (copy / place).read_bytes() == (root / place).read_bytes()
    some = apply(root, labels.with_label(1, EpisodeLabel(9)), unlabeled=Unlabeled.DROP)
    assert not (some / place).exists() and (some / "operators.parquet").exists()


@pytest.mark.parametrize("version", VERSIONS)
def test_scores_that_stay_behind_are_named(make_recording, tmp_path, version):
    root = make_recording(version, LENGTHS)
    numbers = pa.table({"episode_index": [0, 1], "frame_index": [0, 0], "progress_sparse": [0, 1]})
    for name in ("sarm_progress.parquet", "second.parquet"):
        pq.write_table(numbers, root / name)
    labels = labels_for()
    with open_dataset(root) as source:
        told = prepare(source, labels, tmp_path / "all", Options()).warnings
        assert not [sentence for sentence in told if "scores" in sentence]
        options = Options(unlabeled=Unlabeled.DROP)
        some = labels.with_label(1, EpisodeLabel(9))
        told = prepare(source, some, tmp_path / "some", options).warnings
    assert [sentence for sentence in told if "scores" in sentence] == [
        "sarm_progress.parquet, second.parquet have scores of frames by their numbers in "
        "the recording, and are left out of the copy: compute the scores again for the copy."
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("reward", [None, "last"])
def test_every_frame_gets_its_label(make_recording, version, reward):
    root = make_recording(version, LENGTHS, reward=reward, cameras=CAMERAS)
    copy = apply(root, labels_for())
    expected = [from_cutoff(n, c) for n, c in zip(LENGTHS, (5, None, 0, 3), strict=True)]
    assert rewards(copy) == expected
    feature = json.loads((copy / "meta/info.json").read_text())["features"]["next.reward"]
    assert feature == {"dtype": "float32", "shape": [1], "names": None}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["video", "image"])
def test_everything_else_stays(make_recording, version, kind):
    root = make_recording(version, LENGTHS, kind=kind, episodes_per_data_file=2)
    copy = apply(root, labels_for())
    for path in sorted(root.rglob("*")):
        twin = copy / path.relative_to(root)
        if path.is_dir():
            assert twin.is_dir()
            continue
        assert not twin.samefile(path)
        if path.parent.parent.name == "data":
            old, new = pq.read_table(path), pq.read_table(twin)
            assert new.drop_columns(["next.reward"]).equals(old)
            old, new = pq.read_metadata(path), pq.read_metadata(twin)
            assert old.num_row_groups == new.num_row_groups
        elif (
            path.suffix == ".mp4" or path.name.startswith("tasks") or path.name == "episodes.jsonl"
        ):
            assert twin.read_bytes() == path.read_bytes()


def test_hub_leftovers_are_not_copied(make_recording):
    root = make_recording()
    (root / ".cache/huggingface").mkdir(parents=True)
    (root / ".cache/huggingface/x.metadata").write_text("x")
    (root / "README.md").write_text("mine")
    copy = apply(root, labels_for((12, 9, 15), (5, None, 0)))
    assert not (copy / ".cache").exists()
    assert (copy / "README.md").read_text() == "mine"


@pytest.mark.parametrize("version", VERSIONS)
def test_done_and_success_columns(make_recording, version):
    copy = apply(make_recording(version, LENGTHS), labels_for(), done=True, success_column=True)
    assert rewards(copy, "next.done") == [[False] * (n - 1) + [True] for n in LENGTHS]
    assert rewards(copy, "next.success") == rewards(copy)
    features = json.loads((copy / "meta/info.json").read_text())["features"]
    assert list(features).index("next.success") < list(features).index("timestamp")
    assert features["next.done"] == {"dtype": "bool", "shape": [1], "names": None}


def test_ranges_and_exclusions(make_recording):
    label = with_success(EpisodeLabel(12), [FrameRange(2, 5), FrameRange(8, 12)])
    label = exclude(label, FrameRange(4, 9))
    labels = labels_for((12, 9, 15), (5, None, 0)).with_label(0, label)
    copy = apply(make_recording(), labels)
    assert np.flatnonzero(rewards(copy)[0]).tolist() == [2, 3, 9, 10, 11]
    kept = from_text((copy / LABELS).read_text())
    assert kept[0].excluded == (FrameRange(4, 9),)


def test_undecided_episodes_are_refused_by_default(make_recording):
    labels = labels_for((12, 9, 15), (5, None, 0)).with_label(1, skip(EpisodeLabel(9)))
    with pytest.raises(UnlabeledEpisodesError, match=r"1 of 3 .* 1"):
        apply(make_recording(), labels)


def test_undecided_episodes_as_failures(make_recording):
    labels = DatasetLabels((12, 9, 15), {0: with_cutoff(EpisodeLabel(12), 3)})
    copy = apply(make_recording(), labels, unlabeled=Unlabeled.ZERO)
    assert [sum(part) for part in rewards(copy)] == [9, 0, 0]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["video", "image"])
def test_dropped_episodes_are_numbered_anew(make_recording, read_picture, version, kind):
    root = make_recording(
        version,
        LENGTHS,
        kind=kind,
        cameras=CAMERAS,
        episodes_per_data_file=3,
        episodes_per_video_file=(2, None),
        tasks=("lift", "drop"),
    )
    labels = labels_for().with_label(1, EpisodeLabel(9))
    copy = apply(root, labels, unlabeled=Unlabeled.DROP)
    with open_dataset(copy) as dataset:
        assert dataset.lengths.tolist() == [12, 15, 7]
        assert [episode.tasks for episode in dataset] == [("lift",), ("lift",), ("drop",)]
        assert dataset.info.total_episodes == 3
        assert dataset.info.total_frames == 34
        assert dataset.info.splits == {"train": "0:3"}
        index = np.concatenate([dataset.rows(e, ["index"])["index"].to_numpy() for e in range(3)])
        assert index.tolist() == list(range(34))
        for key in CAMERAS:
            with FrameReader(dataset, key) as reader:
                shown = [read_picture(reader.frame(e, f)) for e, f in ((0, 11), (1, 0), (2, 6))]
            assert shown == [(0, 11), (2, 0), (3, 6)]
    assert rewards(copy) == [from_cutoff(12, 5), from_cutoff(15, 0), from_cutoff(7, 3)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["video", "image"])
def test_trimmed_episodes_keep_their_pictures(make_recording, read_picture, version, kind):
    root = make_recording(version, LENGTHS, kind=kind, cameras=CAMERAS)
    label = exclude(with_cutoff(EpisodeLabel(12), 5), FrameRange(0, 3))
    labels = labels_for().with_label(0, exclude(label, FrameRange(10, 12)))
    copy = apply(root, labels, trim=True)
    with open_dataset(copy) as dataset:
        assert dataset.lengths.tolist() == [7, 9, 15, 7]
        rows = dataset.rows(0, ["frame_index", "timestamp", "observation.state"])
        assert rows["frame_index"].to_pylist() == list(range(7))
        start = 0.3 if version != "v3.0" and kind == "video" else 0.0
        assert rows["timestamp"].to_numpy() == pytest.approx(start + np.arange(7) / 10, abs=1e-5)
        with open_dataset(root) as source:
            there = source.rows(0, ["observation.state"]).slice(3, 7)
        assert rows.select(["observation.state"]).equals(there)
        with FrameReader(dataset, CAMERAS[0]) as reader:
            assert [read_picture(reader.frame(0, f)) for f in (0, 6)] == [(0, 3), (0, 9)]
            assert read_picture(reader.frame(1, 0)) == (1, 0)
    assert rewards(copy)[0] == [0, 0, 1, 1, 1, 1, 1]
    assert read_record(copy).selection()[0].start == 3


def test_an_episode_excluded_as_a_whole_cannot_be_trimmed(make_recording):
    label = exclude(never(EpisodeLabel(9)), FrameRange(0, 9))
    labels = labels_for((12, 9, 15), (5, None, 0)).with_label(1, label)
    with pytest.raises(LabelError, match="episode 1"):
        apply(make_recording(), labels, trim=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_statistics_are_those_of_the_rows(make_recording, version):
    root = make_recording(version, LENGTHS)
    labels = labels_for().with_label(2, EpisodeLabel(15))
    copy = apply(root, labels, unlabeled=Unlabeled.DROP)
    with open_dataset(copy) as dataset:
        rows = [dataset.rows(e, ["index", "next.reward"]) for e in range(3)]
    values = {
        name: np.concatenate([part[name].to_numpy() for part in rows])
        for name in rows[0].column_names
    }
    if version == "v2.1":
        lines = (copy / "meta/episodes_stats.jsonl").read_text().splitlines()
        for episode, line in enumerate(lines):
            stats = json.loads(line)["stats"]
            assert stats["index"]["min"] == [rows[episode]["index"][0].as_py()]
            assert stats["next.reward"]["mean"][0] == pytest.approx(
                np.mean(rows[episode]["next.reward"].to_numpy())
            )
        return
    stats = json.loads((copy / "meta/stats.json").read_text())
    for name, column in values.items():
        assert stats[name]["mean"][0] == pytest.approx(column.mean())
        assert stats[name]["std"][0] == pytest.approx(column.std(), rel=1e-5)
        assert stats[name]["max"][0] == column.max()
    if version == "v3.0":
        table = pq.read_table(copy / "meta/episodes/chunk-000/file-000.parquet").to_pylist()
        assert [row["stats/index/min"] for row in table] == [[0.0], [12.0], [21.0]]
        assert [row["dataset_to_index"] for row in table] == [12, 21, 28]


@pytest.mark.parametrize("version", VERSIONS)
def test_new_labels_replace_old_ones_in_place(make_recording, version):
    root = make_recording(version, LENGTHS)
    copy = apply(root, labels_for())
    video = next(copy.rglob("*.mp4"))
    data = next((copy / "data").rglob("*.parquet"))
    before = video.stat(), data.stat()
    apply(root, labels_for(cutoffs=(None, 2, 3, None)))
    assert rewards(copy) == [
        from_cutoff(n, c) for n, c in zip(LENGTHS, (None, 2, 3, None), strict=True)
    ]
    assert video.stat() == before[0]
    assert data.stat().st_mtime_ns >= before[1].st_mtime_ns + 2_000_000_000
    assert data.stat().st_ino != before[1].st_ino
    assert not (copy / "meta/labeler/staged").exists()


@pytest.mark.parametrize("version", VERSIONS)
def test_another_selection_replaces_the_copy_in_place(make_recording, read_picture, version):
    root = make_recording(version, LENGTHS)
    partly = labels_for().with_label(1, EpisodeLabel(9))
    copy = apply(root, partly, unlabeled=Unlabeled.DROP)
    apply(root, labels_for())
    assert [len(part) for part in rewards(copy)] == list(LENGTHS)
    apply(root, partly, unlabeled=Unlabeled.DROP)
    assert [len(part) for part in rewards(copy)] == [12, 15, 7]
    with open_dataset(copy) as dataset, FrameReader(dataset, CAMERAS[0]) as reader:
        assert read_picture(reader.frame(1, 4)) == (2, 4)
    pictures = len(list(copy.rglob("*.mp4")))
    assert pictures == (1 if version == "v3.0" else 3)


def test_a_recording_that_changed_is_refused_unless_accepted(make_recording):
    root = make_recording("v2.1")
    labels = labels_for((12, 9, 15), (5, None, 0))
    copy = apply(root, labels)
    tasks = root / "meta/tasks.jsonl"
    tasks.write_text(tasks.read_text().replace("cube", "ball"))
    with pytest.raises(SourceChangedError):
        apply(root, labels)
    apply(root, labels, accept_changed=True)
    assert "ball" in (copy / "meta/tasks.jsonl").read_text()


def test_a_copy_of_another_recording_is_not_touched(make_recording):
    labels = labels_for((12, 9, 15), (5, None, 0))
    first = make_recording(name="first")
    copy = apply(first, labels)
    second = make_recording(name="second", fps=20)
    with open_dataset(second) as source, pytest.raises(RefusedError, match="another recording"):
        prepare(source, labels, copy, Options())


def test_the_copy_says_where_it_is_from(make_recording):
    root = make_recording()
    labels = labels_for((12, 9, 15), (5, None, 0))
    record = read_record(apply(root, labels))
    assert record.source.path == str(root)
    assert record.source.fingerprint.startswith("sha256:")
    assert record.repo_id == "local/recording_labeled"
    assert record.columns == ["next.reward"]
    assert [kept.episode for kept in record.selection()] == [0, 1, 2]


def test_a_copy_can_be_the_source_of_another(make_recording, tmp_path):
    root = apply(make_recording(), labels_for((12, 9, 15), (5, None, 0)))
    again = apply(root, labels_for((12, 9, 15), (1, 1, 1)))
    assert [sum(part) for part in rewards(again)] == [11, 8, 14]
    assert [sum(part) for part in rewards(root)] == [7, 0, 15]
    assert from_text((again / LABELS).read_text()).counts()[State.SUCCESS] == 3
