"""Cameras of merged recordings get another key: everywhere, with the images that they had."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from labeler.collection import CollectionSpec, SourceSpec, open_collection
from labeler.collection.agreement import Choices
from labeler.collection.document import give_names
from labeler.dataset import open_dataset
from labeler.dataset.labels_of import labels_in_dataset
from labeler.errors import SourcesDifferError, UsageError
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.document import to_text
from labeler.labels.episode import with_cutoff
from labeler.storage.checking.check import differences
from labeler.storage.merging import Wishes, prepare_merge, write_merge
from labeler.storage.record.copy_record import Options
from labeler.video import FrameReader
from tests.labeler.storage.copying.test_camera_keys import names_in

LENGTHS = (5, 4)
OLD, SECOND, NEW = "image", "image_side", "observation.images.wrist"
CROPS = "meta/crop_params.json"


@pytest.fixture(params=["v2.1", "v3.0"])
def version(request):
    return request.param


@pytest.fixture(params=["video", "image"])
def kind(request):
    return request.param


def record(make_recording, name, **options):
    seed = 100 * (name != "day")
    return make_recording(
        lengths=LENGTHS, name=name, size=(32, 32), seed=seed, reward="last", **options
    )


def prepare(place, collection, keys, **choices):
    wishes = Wishes(Options(camera_keys=keys), Choices(**choices))
    return prepare_merge(collection, place, wishes)


def opened(roots):
    return open_collection(CollectionSpec(give_names([SourceSpec(root) for root in roots])))


def merge(roots, keys, **choices):
    place = roots[0].with_name("merged")
    with opened(roots) as collection:
        prepared = prepare(place, collection, keys, **choices)
        write_merge(prepared)
        assert differences(place) == []
        for source in collection:
            assert differences(place, against=source.dataset) == []
    return place, prepared.warnings


def images(root, key):
    with open_dataset(root) as dataset, FrameReader(dataset, key) as reader:
        return [
            reader.frame(episode, frame)
            for episode, length in enumerate(dataset.lengths.tolist())
            for frame in range(length)
        ]


def assert_alike(merged, key, *parts):
    here = images(merged, key)
    there = [image for root, own in parts for image in images(root, own)]
    assert len(here) == len(there)
    assert all(np.array_equal(*pair) for pair in zip(here, there, strict=True))


def test_the_new_key_stands_everywhere(make_recording, version, kind):
    day, night = (
        record(make_recording, name, version=version, kind=kind, cameras=(OLD, SECOND))
        for name in ("day", "night")
    )
    merged, _ = merge([day, night], {OLD: NEW})
    there = set(names_in(merged))
    assert NEW in there
    assert OLD not in there
    assert_alike(merged, NEW, (day, OLD), (night, OLD))
    assert_alike(merged, SECOND, (day, SECOND), (night, SECOND))


def test_statistics_are_those_of_the_old_key(make_recording, version, kind):
    roots = [
        record(make_recording, name, version=version, kind=kind, cameras=(OLD,))
        for name in ("day", "night")
    ]
    merged, _ = merge(roots, {OLD: NEW})
    file = "meta/episodes/chunk-000/file-000.parquet"
    if version == "v3.0":
        found = pq.read_table(merged / file)[f"stats/{NEW}/mean"].to_pylist()
        own = [pq.read_table(root / file)[f"stats/{OLD}/mean"].to_pylist() for root in roots]
        assert found == own[0] + own[1]
    else:
        lines = [
            json.loads(line)["stats"]
            for root in (*roots, merged)
            for line in (root / "meta/episodes_stats.jsonl").read_text().splitlines()
        ]
        means = [line[NEW if NEW in line else OLD]["mean"] for line in lines]
        assert means[4:] == means[:4]


def test_one_camera_under_two_keys_becomes_one(make_recording, version, kind):
    """What differed in the key alone agrees, also where the formats differ."""
    day = record(make_recording, "day", version="v3.0", kind=kind, cameras=(OLD,))
    night = record(make_recording, "night", version=version, kind=kind, cameras=(NEW,))
    with opened([day, night]) as collection, pytest.raises(SourcesDifferError):
        prepare(day.with_name("merged"), collection, {})
    merged, _ = merge([day, night], {OLD: NEW})
    assert_alike(merged, NEW, (day, OLD), (night, NEW))


def test_a_camera_is_left_out_by_its_new_key(make_recording):
    day = record(make_recording, "day", version="v3.0", kind="image", cameras=(OLD, SECOND))
    night = record(make_recording, "night", version="v3.0", kind="image", cameras=(OLD,))
    merged, _ = merge([day, night], {OLD: NEW, SECOND: "second"}, drop=("second",))
    with open_dataset(merged) as dataset:
        assert [camera.key for camera in dataset.cameras] == [NEW]
    assert not {OLD, SECOND, "second"} & set(names_in(merged))


def test_two_cameras_may_change_places(make_recording, kind):
    day = record(make_recording, "day", version="v3.0", kind=kind, cameras=("left", "right"))
    night = record(make_recording, "night", version="v3.0", kind=kind, cameras=("left", "right"))
    merged, _ = merge([day, night], {"left": "right", "right": "left"})
    assert_alike(merged, "left", (day, "right"), (night, "right"))
    assert_alike(merged, "right", (day, "left"), (night, "left"))


def test_a_crop_follows_its_camera(make_recording, version):
    day, night = (
        record(make_recording, name, version=version, cameras=(OLD, SECOND))
        for name in ("day", "night")
    )
    for root, second in ((day, [0, 0, 8, 8]), (night, [0, 4, 8, 8])):
        (root / CROPS).write_text(json.dumps({OLD: [1, 2, 16, 16], SECOND: second}))
    merged, said = merge([day, night], {OLD: NEW})
    assert json.loads((merged / CROPS).read_text()) == {NEW: [1, 2, 16, 16]}
    assert [one for one in said if "crop tool" in one and one.startswith(SECOND)]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"wrist": NEW}, "No source has a camera 'wrist'"),
        ({"action": NEW}, "No source has a camera 'action'"),
        ({OLD: "action"}, "day has a column or camera 'action' already"),
        ({OLD: SECOND}, "night has a column or camera 'image_side' already"),
        ({OLD: "observation/wrist"}, "cannot be the key of a camera"),
    ],
)
def test_keys_that_cannot_be(make_recording, keys, said):
    day = record(make_recording, "day", version="v3.0", cameras=(OLD,))
    night = record(make_recording, "night", version="v3.0", cameras=(OLD, SECOND))
    with opened([day, night]) as collection, pytest.raises(UsageError, match=said):
        prepare(day.with_name("merged"), collection, keys)
    assert not day.with_name("merged").exists()


def test_a_drawn_crop_on_which_all_agree_goes_into_the_merged_labels(make_recording, tmp_path):
    day, night = (
        record(make_recording, name, version="v3.0", cameras=(OLD, SECOND))
        for name in ("day", "night")
    )
    files = []
    for root, second in ((day, (0, 0, 8, 8)), (night, (0, 4, 8, 8))):
        told = {e: with_cutoff(EpisodeLabel(length), 1) for e, length in enumerate(LENGTHS)}
        crops = {OLD: (1, 2, 16, 16), SECOND: second}
        files.append(tmp_path / f"{root.name}.json")
        files[-1].write_text(to_text(DatasetLabels(LENGTHS, told, crops=crops)))
    sources = [
        SourceSpec(root, labels=file) for root, file in zip((day, night), files, strict=True)
    ]
    place = tmp_path / "merged"
    with open_collection(CollectionSpec(give_names(sources))) as collection:
        prepared = prepare(place, collection, {OLD: NEW})
        write_merge(prepared)
    with open_dataset(place) as dataset:
        assert labels_in_dataset(dataset)[0].crops == {NEW: (1, 2, 16, 16)}
    (said,) = [one for one in prepared.warnings if "another crop" in one]
    assert said.startswith(f"{SECOND}: ")
