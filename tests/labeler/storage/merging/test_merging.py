"""What a merged dataset holds: every pair of versions, every option."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.collection import CollectionSpec, SourceSpec, open_collection
from labeler.collection.agreement import Choices
from labeler.collection.document import give_names
from labeler.dataset import open_dataset
from labeler.dataset.consistency import unreadable_metadata
from labeler.dataset.statistics import aggregate, column_statistics
from labeler.errors import RefusedError, SourcesDifferError, UnlabeledEpisodesError
from labeler.inspection import inspect_dataset
from labeler.labels.document import from_text
from labeler.storage.checking.check import differences
from labeler.storage.merging import Repeated, Wishes, prepare_merge, write_merge
from labeler.storage.record.copy_record import LABELS, Options
from labeler.storage.record.merge_record import read_any_record
from labeler.storage.record.selection import Unlabeled
from labeler.video import FrameReader
from tests.broken.edit import edit_json
from tests.snapshot import snapshot

FRONT, GRIPPER = "observation.images.front", "observation.images.gripper"
DAY, NIGHT = (12, 9, 15), (7, 11)
DAY_CUTOFFS = {"0": 5, "1": None, "2": 0}
NIGHT_CUTOFFS = {"0": 3, "1": None}
EXPECTED = [(12, 5), (9, None), (15, 0), (7, 3), (11, None)]
SHOWN = [0, 1, 2, 100, 101]


@pytest.fixture
def pair(make_recording):
    """Make two recordings of given versions with label files; the sources of a collection."""

    def make(*versions, **options):
        cameras = options.pop("cameras", (GRIPPER, FRONT))
        day = {"name": "day", "tasks": ("lift", "drop"), "cameras": cameras}
        # LeRobot does not care about the order of features
        night = {"name": "night", "tasks": ("place", "lift"), "cameras": cameras[::-1]}
        roots = [
            make_recording(versions[0], DAY, **day, **options),
            make_recording(versions[-1], NIGHT, **night, seed=100, **options),
        ]
        specs = []
        for root, cutoffs in zip(roots, (DAY_CUTOFFS, NIGHT_CUTOFFS), strict=True):
            file = root.with_name(f"{root.name}.json")
            file.write_text(json.dumps(cutoffs))
            specs.append(SourceSpec(root, file))
        return specs

    return make


def merge(specs, *, choices=None, repeated=Repeated.REFUSE, **options) -> Path:
    destination = specs[0].root.with_name("merged")
    before = [snapshot(spec.root) for spec in specs]
    with open_collection(CollectionSpec(give_names(specs))) as collection:
        wishes = Wishes(Options(**options), choices or Choices(), repeated)
        prepared = prepare_merge(collection, destination, wishes)
        assert write_merge(prepared) == destination
        assert differences(destination) == []
        names = {part.source.name for part in prepared.plan.parts}
        for source in collection:
            if source.name in names:
                assert differences(destination, against=source.dataset) == []
    assert [snapshot(spec.root) for spec in specs] == before
    assert not list(destination.parent.glob("*.partial-*"))
    return destination


def column(root: Path, name: str) -> list[list[object]]:
    with open_dataset(root) as dataset:
        return [dataset.rows(e, [name])[name].to_pylist() for e in range(len(dataset))]


def from_cutoff(length: int, cutoff: int | None) -> list[float]:
    return [float(cutoff is not None and frame >= cutoff) for frame in range(length)]


PAIRS = [
    ("v2.0", "v2.0", "v2.1"),
    ("v2.1", "v2.1", "v2.1"),
    ("v2.0", "v2.1", "v2.1"),
    ("v3.0", "v3.0", "v3.0"),
    ("v2.1", "v3.0", "v3.0"),
    ("v3.0", "v2.0", "v3.0"),
]


@pytest.mark.parametrize(("first", "second", "merged"), PAIRS)
def test_every_pair_of_versions(pair, read_picture, first, second, merged):
    root = merge(pair(first, second, episodes_per_data_file=2, episodes_per_video_file=(2, 1)))
    with open_dataset(root) as dataset:
        assert dataset.version == merged
        assert dataset.lengths.tolist() == [length for length, _ in EXPECTED]
        assert [episode.tasks for episode in dataset] == [
            ("lift",), ("drop",), ("lift",), ("place",), ("lift",)
        ]  # fmt: skip
        for key in (GRIPPER, FRONT):
            with FrameReader(dataset, key) as reader:
                for episode, (length, _) in enumerate(EXPECTED):
                    for frame in (0, length - 1):
                        shown = read_picture(reader.frame(episode, frame))
                        assert shown == (SHOWN[episode], frame)
        assert unreadable_metadata(dataset) == []
        odd = inspect_dataset(dataset).oddities
        assert all("StreamingLeRobotDataset" in oddity.sentence for oddity in odd)
    assert column(root, "next.reward") == [from_cutoff(*one) for one in EXPECTED]
    assert [row for rows in column(root, "index") for row in rows] == list(range(54))
    tasks = [[0] * 12, [1] * 9, [0] * 15, [2] * 7, [0] * 11]
    assert column(root, "task_index") == tasks


@pytest.mark.parametrize("kind", ["video", "image"])
@pytest.mark.parametrize("versions", [("v2.1",), ("v3.0",), ("v2.1", "v3.0")])
def test_other_columns_and_videos_stay(pair, versions, kind):
    specs = pair(*versions, kind=kind, cameras=(GRIPPER,))
    root = merge(specs)
    for name in ("observation.state", "action", "timestamp"):
        assert column(root, name) == [*column(specs[0].root, name), *column(specs[1].root, name)]
    there = {path.read_bytes() for spec in specs for path in spec.root.rglob("*.mp4")}
    here = {path.read_bytes() for path in root.rglob("*.mp4")}
    assert there == here
    assert bool(here) == (kind == "video")


@pytest.mark.parametrize(("first", "second", "merged"), PAIRS)
def test_statistics_are_those_of_the_rows(pair, first, second, merged):
    root = merge(pair(first, second), done=True)
    names = ["observation.state", "action", "next.reward", "next.done", "timestamp"]
    names += ["frame_index", "episode_index", "index", "task_index"]
    told, total = statistics_of(root)
    parts = {name: [] for name in names}
    with open_dataset(root) as dataset:
        for episode in range(len(dataset)):
            rows = dataset.rows(episode, names)
            for name in names:
                values = np.array(rows[name].to_pylist(), dtype=np.float64)
                parts[name].append(column_statistics(values, quantiles=True))
    for name, expected in parts.items():
        for episode, part in enumerate(expected):
            assert_alike(told[episode][name], part, (name, episode))
        if total:
            assert_alike(total[name], aggregate(expected), name, but=("q", "next"))
    for episode in told:
        assert set(episode) == {*names, GRIPPER, FRONT}
        assert np.shape(episode[GRIPPER]["mean"]) == (3, 1, 1)
    if total:
        assert 0 < total[GRIPPER]["mean"][0][0][0] < 1
        assert total[GRIPPER]["count"][0] == sum(e[GRIPPER]["count"][0] for e in told)


def statistics_of(root: Path) -> tuple[list[dict], dict]:
    """Of every episode, and of the dataset (none in v2.1)."""
    file = root / "meta/episodes_stats.jsonl"
    if file.exists():
        return [json.loads(line)["stats"] for line in file.read_text().splitlines()], {}
    rows = pq.read_table(root / "meta/episodes/chunk-000/file-000.parquet").to_pylist()
    told = []
    for row in rows:
        stats: dict = {}
        for name, value in row.items():
            if name.startswith("stats/"):
                _, feature, key = name.split("/")
                stats.setdefault(feature, {})[key] = value
        told.append(stats)
    return told, json.loads((root / "meta/stats.json").read_text())


def assert_alike(found, expected, where, but=()):
    for key, value in found.items():
        if key[0] not in but:
            np.testing.assert_allclose(
                np.asarray(value, dtype=float),
                expected[key],
                rtol=1e-5,
                atol=1e-6,
                err_msg=f"{where} {key}",
            )


@pytest.mark.parametrize("versions", [("v2.1",), ("v3.0",), ("v2.1", "v3.0"), ("v3.0", "v2.0")])
def test_chosen_and_trimmed_episodes(pair, read_picture, versions):
    specs = pair(*versions)
    labels = {
        "0": {
            "length": 12,
            "state": "success",
            "success": [[5, 12]],
            "excluded": [[0, 3], [10, 12]],
        },
        "2": {"length": 15, "state": "never", "note": "blurred"},
    }
    document = {"format": "labeler-labels", "version": 1, "episodes": labels}
    specs[0].labels.write_text(json.dumps(document))
    specs[0] = SourceSpec(specs[0].root, specs[0].labels, episodes="0,2")
    specs[1] = SourceSpec(specs[1].root, specs[1].labels, episodes="1")
    root = merge(specs, trim=True)
    with open_dataset(root) as dataset:
        assert dataset.lengths.tolist() == [7, 15, 11]
        with FrameReader(dataset, GRIPPER) as reader:
            shown = [
                read_picture(reader.frame(*place)) for place in ((0, 0), (0, 6), (1, 0), (2, 10))
            ]
        assert shown == [(0, 3), (0, 9), (2, 0), (101, 10)]
        assert inspect_dataset(dataset).usable
    assert column(root, "next.reward") == [[0, 0, 1, 1, 1, 1, 1], [0.0] * 15, [0.0] * 11]
    told, _ = statistics_of(root)
    state = np.array(column(root, "observation.state")[0])
    np.testing.assert_allclose(told[0]["observation.state"]["mean"], state.mean(axis=0), rtol=1e-5)
    kept = from_text((root / LABELS).read_text())
    assert kept[1].note == "blurred"


def test_provenance(pair):
    specs = pair("v2.1", "v3.0")
    record = read_any_record(merge(specs))
    assert [source.name for source in record.sources] == ["day", "night"]
    assert [source.codebase_version for source in record.sources] == ["v2.1", "v3.0"]
    assert [source.labels for source in record.sources] == [str(s.labels) for s in specs]
    assert all(source.fingerprint.startswith("sha256:") for source in record.sources)
    assert record.episodes == [
        ("day", 0, 0, 12, "imported"),
        ("day", 1, 0, 9, "imported"),
        ("day", 2, 0, 15, "imported"),
        ("night", 0, 0, 7, "imported"),
        ("night", 1, 0, 11, "imported"),
    ]


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_labels_that_a_recording_brings(pair, version):
    specs = pair(version, reward="last")
    root = merge([SourceSpec(spec.root) for spec in specs])
    assert column(root, "next.reward") == [from_cutoff(n, n - 1) for n in (*DAY, *NIGHT)]
    assert column(root, "next.done") == [[False] * (n - 1) + [True] for n in (*DAY, *NIGHT)]


def test_a_merged_dataset_can_be_merged_again(pair, make_recording):
    specs = pair("v3.0")
    merged = merge(specs)
    third = make_recording("v2.1", (8,), name="third", seed=200, reward="last",
                           cameras=(GRIPPER, FRONT))  # fmt: skip
    moved = merged.rename(merged.with_name("first"))
    with pytest.raises(SourcesDifferError, match=r"next\.done: none in first; bool \[1\] in third"):
        merge([SourceSpec(moved), SourceSpec(third)])
    root = merge([SourceSpec(third), SourceSpec(moved)], choices=Choices(drop=("next.done",)))
    assert column(root, "next.reward") == [
        from_cutoff(8, 7), *(from_cutoff(*one) for one in EXPECTED)
    ]  # fmt: skip
    assert "next.done" not in open_dataset(root).info.features
    assert read_any_record(root).dropped == ["next.done"]


def test_undecided_episodes(pair):
    specs = pair("v3.0")
    specs[1].labels.write_text('{"1": 4}')
    with pytest.raises(UnlabeledEpisodesError, match=r"Source night: 1 of 2 .* episode 0"):
        merge(specs)
    assert [len(part) for part in column(merge(specs, unlabeled=Unlabeled.DROP), "index")] == [
        12, 9, 15, 11
    ]  # fmt: skip


def test_subtasks_have_to_be_the_same(pair):
    specs = pair("v3.0")
    for spec in specs:
        data = spec.root / "data/chunk-000/file-000.parquet"
        table = pq.read_table(data)
        numbers = pa.array(np.zeros(table.num_rows, dtype=np.int64))
        metadata = table.schema.metadata
        table = table.append_column("subtask_index", numbers).replace_schema_metadata(metadata)
        pq.write_table(table, data)
        pq.write_table(pa.table({"subtask": ["reach"]}), spec.root / "meta/subtasks.parquet")
        entry = {"dtype": "int64", "shape": [1], "names": None}
        edit_json(
            spec.root / "meta/info.json",
            lambda info, entry=entry: info["features"].update(subtask_index=entry),
        )
    root = merge(specs)
    assert pq.read_table(root / "meta/subtasks.parquet").to_pydict() == {"subtask": ["reach"]}
    root.rename(root.with_name("before"))
    pq.write_table(pa.table({"subtask": ["lift"]}), specs[1].root / "meta/subtasks.parquet")
    with pytest.raises(SourcesDifferError, match="subtask_index: int64"):
        merge(specs)
    merged = merge(specs, choices=Choices(drop=("subtask_index",)))
    assert not (merged / "meta/subtasks.parquet").exists()


def test_what_stands_there_is_not_merged_over(pair, tmp_path):
    place = tmp_path / "merged"
    place.mkdir()
    (place / "mine.txt").touch()
    with (
        open_collection(CollectionSpec(give_names(pair("v3.0", "v3.0")))) as collection,
        pytest.raises(RefusedError, match="is not empty"),
    ):
        prepare_merge(collection, place, Wishes(Options(), Choices(), Repeated.REFUSE))
    assert [path.name for path in place.iterdir()] == ["mine.txt"]
