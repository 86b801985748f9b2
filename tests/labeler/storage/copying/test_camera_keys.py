"""Cameras get another key in a copy: everywhere, with the images that they had."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.dataset import open_dataset
from labeler.dataset.labels_of import labels_in_dataset
from labeler.errors import UsageError
from labeler.inspection import inspect_dataset
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode import with_cutoff
from labeler.storage.checking.check import differences
from labeler.storage.record.copy_record import keys_of_copy
from labeler.storage.record.selection import Unlabeled
from labeler.video import FrameReader
from tests.broken.edit import edit_table
from tests.labeler.storage.copies import written_copy

LENGTHS = (6, 5, 4)
OLD, NEW = "image", "observation.images.wrist"
KEYS = {OLD: NEW}
CROPS = "meta/crop_params.json"


def some_decided():
    labels = {e: with_cutoff(EpisodeLabel(LENGTHS[e]), 1) for e in (0, 2)}
    return DatasetLabels(LENGTHS, labels)


@pytest.fixture(params=["v2.0", "v2.1", "v3.0"])
def version(request):
    return request.param


@pytest.fixture(params=["video", "image"])
def root(make_recording, version, request):
    """Two cameras; what LeRobot's recorder and crop tool leave behind names one of them."""
    root = make_recording(
        version, LENGTHS, size=(32, 32), cameras=(OLD, "image_side"), kind=request.param
    )
    (root / CROPS).write_text(json.dumps({OLD: [1, 2, 16, 16]}))
    left = root / "images" / OLD / "episode_000001"
    left.mkdir(parents=True)
    (left / "frame_000000.png").write_bytes(b"PNG")
    return root


def images(root, key, episodes):
    with open_dataset(root) as dataset, FrameReader(dataset, key) as reader:
        return [
            reader.frame(episode, frame)
            for episode in episodes
            for frame in range(dataset.lengths[episode])
        ]


def names_in(root):
    """Whatever a copy says of cameras: files, keys of JSON and columns of parquet."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith("meta/labeler"):
            continue
        yield from name.split("/")
        if path.suffix == ".parquet":
            schema = pq.read_schema(path)
            yield from (part for column in schema.names for part in column.split("/"))
            described = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
            yield from described.get("info", {}).get("features", {})
        if path.suffix in (".json", ".jsonl"):
            for line in (
                path.read_text().splitlines() if path.suffix == ".jsonl" else [path.read_text()]
            ):
                document = json.loads(line)
                yield from document
                yield from document.get("features", {})
                yield from document.get("stats", {})


def test_the_new_key_stands_everywhere(root):
    copy = written_copy(root, camera_keys=KEYS)
    with open_dataset(root) as source, open_dataset(copy) as dataset:
        assert [camera.key for camera in dataset.cameras] == [NEW, "image_side"]
        assert dataset.cameras[0].cut_before == (1, 2, 16, 16)
        assert differences(copy, against=source) == []
        assert not [one for one in inspect_dataset(dataset).oddities if OLD in one.file.split("/")]
    there = set(names_in(copy))
    assert OLD not in there
    assert NEW in there
    assert (copy / "images" / NEW / "episode_000001/frame_000000.png").read_bytes() == b"PNG"
    for old, new in ((OLD, NEW), ("image_side", "image_side")):
        for one, other in zip(
            images(root, old, range(3)), images(copy, new, range(3)), strict=True
        ):
            assert np.array_equal(one, other)


def test_also_in_a_copy_of_some_episodes(root):
    copy = written_copy(root, some_decided(), unlabeled=Unlabeled.DROP, camera_keys=KEYS)
    with open_dataset(root) as source:
        assert differences(copy, against=source) == []
    assert OLD not in set(names_in(copy))
    for one, other in zip(images(root, OLD, (0, 2)), images(copy, NEW, (0, 1)), strict=True):
        assert np.array_equal(one, other)


def test_statistics_are_those_of_the_old_key(root, version):
    if version == "v2.0":
        file = "meta/stats.json"
        old, new = (json.loads((place / file).read_text()) for place in (root, written(root)))
        assert new[NEW] == old[OLD]
    elif version == "v2.1":
        file = "meta/episodes_stats.jsonl"
        old, new = (
            [json.loads(line)["stats"] for line in (place / file).read_text().splitlines()]
            for place in (root, written(root))
        )
        assert [line[NEW] for line in new] == [line[OLD] for line in old]
    else:
        file = "meta/episodes/chunk-000/file-000.parquet"
        old, new = (pq.read_table(place / file) for place in (root, written(root)))
        for key in ("min", "q50", "count"):
            assert new[f"stats/{NEW}/{key}"].equals(old[f"stats/{OLD}/{key}"])


def written(root):
    return written_copy(root, camera_keys=KEYS)


def test_an_update_keeps_the_keys_or_takes_others(root):
    copy = written_copy(root, camera_keys=KEYS)
    assert written_copy(root, success(2)) == copy
    assert keys_of_copy(copy) == KEYS
    assert NEW in set(names_in(copy))
    third = "observation.images.third"
    assert written_copy(root, success(2), camera_keys={OLD: third}) == copy
    there = set(names_in(copy))
    assert third in there
    assert not {OLD, NEW} & there
    with open_dataset(root) as source:
        assert differences(copy, against=source) == []
    assert keys_of_copy(root) == {}


def success(cutoff):
    labels = {e: with_cutoff(EpisodeLabel(n), cutoff) for e, n in enumerate(LENGTHS)}
    return DatasetLabels(LENGTHS, labels)


def test_two_cameras_may_change_places(make_recording):
    root = make_recording("v3.0", LENGTHS, size=(32, 32), cameras=("left", "right"))
    copy = written_copy(root, camera_keys={"left": "right", "right": "left"})
    for old, new in (("left", "right"), ("right", "left")):
        for one, other in zip(
            images(root, old, range(3)), images(copy, new, range(3)), strict=True
        ):
            assert np.array_equal(one, other)


@pytest.mark.parametrize("text", [b"{}", b'{"info": {"features": null}}'])
def test_files_that_describe_no_features_get_the_new_columns_all_the_same(make_recording, text):
    root = make_recording("v3.0", LENGTHS, size=(32, 32), cameras=(OLD,))
    table = "meta/episodes/chunk-000/file-000.parquet"
    edit_table(root / table, lambda t: t.replace_schema_metadata({b"huggingface": text}))
    copy = written_copy(root, camera_keys=KEYS)
    assert f"stats/{NEW}/mean" in pq.read_schema(copy / table).names


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"wrist": NEW}, "has no camera 'wrist'"),
        ({"action": NEW}, "has no camera 'action'"),
        ({OLD: "action"}, "has a column or camera 'action' already"),
        ({OLD: "image_side"}, "has a column or camera 'image_side' already"),
        ({OLD: NEW, "image_side": NEW}, f"has a column or camera '{NEW}' already"),
        ({OLD: "observation/wrist"}, "cannot be the key of a camera"),
        ({OLD: "observation.images.[0]"}, "cannot be the key of a camera"),
        ({OLD: ".."}, "cannot be the key of a camera"),
        ({OLD: "a\nb"}, "cannot be the key of a camera"),
    ],
)
def test_keys_that_cannot_be(make_recording, keys, said):
    root = make_recording("v3.0", LENGTHS, size=(32, 32), cameras=(OLD, "image_side"))
    with pytest.raises(UsageError, match=said.replace("[", r"\[")):
        written_copy(root, camera_keys=keys)
    assert not root.with_name(f"{root.name}_labeled").exists()


def test_a_recording_without_cameras_says_so(make_recording):
    root = make_recording("v3.0", LENGTHS, cameras=())
    with pytest.raises(UsageError) as raised:
        written_copy(root, camera_keys=KEYS)
    assert "It has no cameras" in str(raised.value.cures)


def test_a_column_that_the_copy_does_not_have_is_missed(make_recording):
    """The check against the recording looks for a camera under its new key."""
    root = make_recording("v3.0", LENGTHS, size=(32, 32), cameras=(OLD,), kind="image")
    copy = written_copy(root, camera_keys=KEYS)
    file = next((copy / "data").rglob("*.parquet"))

    def darken(table):
        index = table.column_names.index(NEW)
        first = table[NEW][0].as_py()
        column = pa.array([first] * len(table), type=table.schema.field(NEW).type)
        return table.set_column(index, table.schema.field(NEW), column)

    edit_table(file, darken)
    with open_dataset(root) as source:
        assert any(f"{OLD} differs" in one for one in differences(copy, against=source))


@pytest.mark.parametrize("unlabeled", [Unlabeled.ZERO, Unlabeled.DROP])
def test_a_drawn_crop_goes_into_the_copy_and_follows_its_camera(root, unlabeled):
    """Without it a classifier trained on the copy would see whole images."""
    drawn = {OLD: (2, 4, 16, 16), "image_side": (0, 0, 24, 24)}
    decided = replace(some_decided(), crops=drawn)
    copy = written_copy(root, decided, unlabeled=unlabeled, camera_keys=KEYS)
    with open_dataset(copy) as dataset:
        assert labels_in_dataset(dataset)[0].crops == {
            NEW: (2, 4, 16, 16), "image_side": (0, 0, 24, 24),
        }  # fmt: skip
    assert differences(copy) == []
