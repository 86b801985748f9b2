"""Differences between recordings, episodes that are there twice, and the balance."""

import json
import shutil

import pytest

from labeler.cli.cures import hint
from labeler.collection import CollectionSpec, SourceSpec, open_collection
from labeler.collection.agreement import Choices, agree
from labeler.collection.balance import balance_of
from labeler.collection.document import give_names
from labeler.collection.duplicates import Duplicates, EpisodePlace, find_duplicates
from labeler.collection.image_facts import probe_images
from labeler.dataset import open_dataset
from labeler.errors import DatasetError, LabelError, SourcesDifferError, UsageError
from labeler.inspection import inspect_dataset
from labeler.labels import State
from tests.broken.edit import edit_json

GRIPPER, FRONT = "observation.images.gripper", "observation.images.front"


@pytest.fixture
def opened(make_recording):
    """Open recordings of these options as a collection; each has labels of its own."""
    stack = []

    def make(*options, **common):
        specs = []
        for number, one in enumerate(options):
            given = {"name": f"r{number}", "seed": 100 * number, "reward": "last", **common, **one}
            root = make_recording(
                given.pop("version", "v3.0"), given.pop("lengths", (4, 5)), **given
            )
            specs.append(SourceSpec(root))
        context = open_collection(CollectionSpec(give_names(specs)))
        stack.append(context)
        return context.__enter__()

    yield make
    for context in stack:
        context.__exit__(None, None, None)


def agreed(collection, **choices):
    pictures = [probe_images(source) for source in collection]
    return agree(collection, pictures, Choices(**choices))


def test_recordings_that_are_alike(opened):
    collection = opened({}, {"version": "v2.1", "codec": "av1"})
    found = agreed(collection)
    assert found.differences == ()
    assert found.version == "v3.0"
    info = found.features[GRIPPER]["info"]
    assert info["video.codec"] is None, "one is H.264, the other AV1"
    assert info["video.height"] == 64


DIFFERENT = {
    "fps": ({"fps": 15}, "fps: 10 in r0; 15 in r1.", "leave out the sources with another fps"),
    "robot": (
        {"robot_type": None},
        "robot_type: so101_follower in r0; none in r1.",
        "--robot-type",
    ),
    "size": ({"size": (84, 84)}, f"{GRIPPER}: 64×64 video in r0; 84×84 video in r1.", "--drop"),
    "kind": ({"kind": "image"}, f"{GRIPPER}: 64×64 video in r0; 64×64 image in r1.", "--drop"),
    "camera": (
        {"cameras": (GRIPPER, FRONT)},
        f"{FRONT}: none in r0; 64×64 video in r1.",
        "--only-common",
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_differs_is_named(opened, name):
    options, sentence, cure = DIFFERENT[name]
    with pytest.raises(SourcesDifferError) as caught:
        agreed(opened({}, options))
    assert f"\n- {sentence}" in caught.value.message
    assert cure in hint(caught.value)


MARKS = [
    {"info": {"is_depth_map": True}},
    {"info": {"is_depth_map": False, "video.is_depth_map": True}},
    {"info": {"video.fps": 10}, "video_info": {"video.is_depth_map": True}},
    {"info": None, "video_info": {"video.is_depth_map": True}},
]


@pytest.mark.parametrize("mark", MARKS, ids=str)
def test_a_depth_camera_is_told_by_each_of_lerobots_three_marks(make_recording, mark):
    roots = [make_recording("v3.0", (4, 5), name=f"r{n}", seed=n, reward="last") for n in (0, 9)]
    edit_json(roots[1] / "meta/info.json", lambda info: info["features"][GRIPPER].update(mark))
    with (
        open_collection(
            CollectionSpec(give_names([SourceSpec(one) for one in roots]))
        ) as collection,
        pytest.raises(SourcesDifferError) as caught,
    ):
        agreed(collection)
    assert f"{GRIPPER}: 64×64 video in r0; 64×64 video of depth in r9." in caught.value.message
    for root, count in zip(roots, (0, 1), strict=True):
        with open_dataset(root) as dataset:
            told = [one.sentence for one in inspect_dataset(dataset).oddities]
        assert sum(f"{GRIPPER} measures depth" in sentence for sentence in told) == count


def test_a_label_column_that_one_lacks(opened):
    collection = opened({}, {})
    root = collection.sources[1].dataset.root
    edit_json(root / "meta/info.json", lambda info: info["features"].pop("next.done") and info)
    with pytest.raises(SourcesDifferError) as caught:
        agreed(reopened(collection))
    assert "\n- next.done: bool [1] in r0; none in r1." in caught.value.message
    assert "--done" in hint(caught.value)


def reopened(collection):
    specs = [SourceSpec(source.dataset.root) for source in collection]
    return open_collection(CollectionSpec(give_names(specs))).__enter__()


def test_choices_settle_differences(opened):
    collection = opened(
        {"cameras": (GRIPPER, FRONT)}, {"cameras": (GRIPPER,), "robot_type": "so100"}
    )
    with pytest.raises(SourcesDifferError, match="robot_type"):
        agreed(collection, only_common=True)
    found = agreed(collection, only_common=True, robot_type="so101")
    assert found.dropped == (FRONT,)
    assert found.robot_type == "so101"
    assert list(found.features)[:1] == [GRIPPER]
    assert agreed(collection, drop=(FRONT,), robot_type="").dropped == (FRONT,)
    with pytest.raises(UsageError, match="No source has") as caught:
        agreed(collection, drop=("observation.images.frnt",))
    assert FRONT in hint(caught.value)
    for name in ("next.reward", "timestamp"):
        with pytest.raises(UsageError, match="cannot be left out"):
            agreed(collection, drop=(name,))
    with pytest.raises(SourcesDifferError, match="No camera is the same"):
        agreed(collection, drop=(FRONT, GRIPPER), robot_type="x")


def test_real_sizes_count_not_declared_ones(opened):
    collection = opened({}, {})
    root = collection.sources[1].dataset.root

    def lie(info):
        feature = info["features"][GRIPPER]
        feature["shape"] = [128, 128, 3]
        feature["info"] |= {"video.height": 128, "video.width": 128}
        return info

    edit_json(root / "meta/info.json", lie)
    assert agreed(reopened(collection)).differences == ()


def test_names_of_joints_count(opened):
    collection = opened({}, {})
    root = collection.sources[1].dataset.root

    def swap(info):
        names = info["features"]["action"]["names"]
        names[0], names[1] = names[1], names[0]
        return info

    edit_json(root / "meta/info.json", swap)
    with pytest.raises(SourcesDifferError, match=r"action: float32 \[6\] \(shoulder_pan"):
        agreed(reopened(collection))


@pytest.mark.parametrize("versions", [("v3.0", "v3.0"), ("v2.1", "v3.0")])
def test_episodes_that_are_there_twice(opened, versions):
    first, second = versions
    collection = opened(
        {"version": first, "lengths": (4, 5, 6)},
        {"version": second, "lengths": (4, 7), "seed": 0},  # its episode 0 is that of the first
        {"version": second, "seed": 500},
    )
    found = find_duplicates(collection)
    assert found == Duplicates({EpisodePlace(1, 0): EpisodePlace(0, 0)})
    assert found.sentences(collection) == ["r1: episode 0 is in r0, too."]


def test_a_recording_twice_and_its_copy(opened, tmp_path):
    collection = opened({})
    root = collection.sources[0].dataset.root
    shutil.copytree(root, tmp_path / "elsewhere/copy")
    edit_json(tmp_path / "elsewhere/copy/meta/info.json", lambda info: info | {"robot_type": "x"})
    specs = [SourceSpec(root), SourceSpec(tmp_path / "elsewhere/copy"), SourceSpec(root)]
    with open_collection(CollectionSpec(give_names(specs))) as twice:
        found = find_duplicates(twice)
        assert found.of(0) == frozenset()
        assert found.of(1) == found.of(2) == {0, 1}
        assert found.sentences(twice)[0] == "copy: episodes 0-1 are in r0, too."


def test_the_balance_by_source_and_tag(opened, tmp_path):
    collection = opened({"tasks": ("lift", "drop")}, {"lengths": (10, 6)})
    balance = balance_of(collection, find_duplicates(collection))
    assert [group.name for group in balance.sources] == ["r0", "r1"]
    assert [group.episodes for group in balance.sources] == [2, 2]
    assert balance.sources[1].frames.success == 2
    assert balance.sources[1].share == pytest.approx(2 / 16)
    assert balance.by == "task"
    assert {group.name: group.frames.total for group in balance.sessions} == {
        "drop": 5, "lift": 4, "pick up the red cube and lift it": 16
    }  # fmt: skip
    assert balance.total.frames.total == 25

    lines = {
        "0": {"length": 4, "state": "never", "note": "arm in the way #night #lamp-2"},
        "1": {"length": 5, "note": "price #"},
    }
    file = tmp_path / "tagged.json"
    file.write_text(json.dumps({"format": "labeler-labels", "version": 1, "episodes": lines}))
    roots = [source.dataset.root for source in collection]
    specs = [SourceSpec(roots[0], file), SourceSpec(roots[1], tags=("day",), episodes="1")]
    with open_collection(CollectionSpec(give_names(specs))) as tagged:
        balance = balance_of(tagged, find_duplicates(tagged))
    assert balance.by == "tag"
    groups = {group.name: group for group in balance.sessions}
    assert set(groups) == {"night", "lamp-2", "day", "no tag"}
    assert groups["night"].frames.failure == 4
    assert groups["no tag"].states[State.UNLABELED] == 1
    assert groups["no tag"].share is None
    assert groups["day"].episodes == 1
    assert balance.to_json()["total"]["episodes"] == 3


def test_what_cannot_be_opened_is_named(make_recording, tmp_path):
    root = make_recording(lengths=(4,))
    wrong = [
        (SourceSpec(tmp_path / "missing"), DatasetError, "missing does not exist"),
        (SourceSpec(root), LabelError, "has no next.reward column"),
        (SourceSpec(root, tmp_path / "no.json"), LabelError, "no.json: The file cannot be read"),
        (SourceSpec(root, episodes="7"), LabelError, "next.reward"),
    ]
    for spec, kind, message in wrong:
        with pytest.raises(kind, match=message), open_collection(CollectionSpec((spec,))):
            pass
    (tmp_path / "labels.json").write_text('{"0": 1}')
    spec = SourceSpec(root, tmp_path / "labels.json", "day", "7")
    with (
        pytest.raises(UsageError, match="Source day: Episode 7 does not exist"),
        open_collection(CollectionSpec((spec,))),
    ):
        pass
