"""What an opened dataset says, in every layout."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeler.dataset import open_dataset
from labeler.errors import DamagedDatasetError, UsageError
from tests.broken import VERSIONS
from tests.broken.edit import edit_info

LENGTHS = (4, 3, 5, 2, 6)
CAMERAS = ("observation.images.gripper", "observation.images.front")


@pytest.fixture(params=["v2.0", "v2.1", "v3.0", "v3.0 in files", "v2.1 in chunks"])
def root(request, make_recording):
    version, _, split = request.param.partition(" ")
    given = {"tasks": ("lift", "drop"), "size": (32, 32), "cameras": CAMERAS}
    if split == "in files":
        given |= {
            "episodes_per_data_file": 2,
            "episodes_per_video_file": (3, 1),
            "episodes_per_metadata_file": 2,
            "chunks_size": 2,
        }
    elif split:
        given |= {"chunks_size": 2}
    return make_recording(version, LENGTHS, **given)


def test_every_layout_gives_the_same_view(root):
    with open_dataset(root) as dataset:
        assert len(dataset) == 5
        assert dataset.total_frames == 20
        assert dataset.fps == 10
        assert [camera.key for camera in dataset.cameras] == list(CAMERAS)
        assert {(camera.kind, camera.height, camera.width) for camera in dataset.cameras} == {
            ("video", 32, 32)
        }
        assert [episode.length for episode in dataset] == list(LENGTHS)
        assert [episode.first_index for episode in dataset] == [0, 4, 7, 12, 14]
        assert [episode.tasks for episode in dataset] == [("lift",), ("drop",)] * 2 + [("lift",)]
        assert not dataset.has_column("next.reward")
        columns = {column.name: column for column in dataset.columns}
        assert columns["action"].shape == (6,)
        assert columns["action"].names[0] == "shoulder_pan.pos"


def test_rows_are_those_of_the_episode(root):
    with open_dataset(root) as dataset:
        for episode, length in enumerate(LENGTHS):
            rows = dataset.rows(episode, ["frame_index", "index", "action", "timestamp"])
            assert rows.column_names == ["frame_index", "index", "action", "timestamp"]
            assert rows["frame_index"].to_pylist() == list(range(length))
            assert rows["index"].to_pylist() == list(
                range(dataset[episode].first_index, dataset[episode].first_index + length)
            )
            assert np.allclose(rows["timestamp"].to_numpy(), np.arange(length) / 10)


def test_segments_lead_to_the_pictures(root, read_picture):
    av = pytest.importorskip("av")
    with open_dataset(root) as dataset:
        for key in CAMERAS:
            for episode in range(len(dataset)):
                segment = dataset.segment(episode, key)
                with av.open(str(segment.path)) as container:
                    shown = {
                        round(float(frame.time), 3): read_picture(frame.to_ndarray(format="rgb24"))
                        for frame in container.decode(video=0)
                    }
                found = [
                    shown[round(segment.start + t / segment.fps, 3)] for t in range(segment.length)
                ]
                assert found == [(episode, frame) for frame in range(segment.length)]


def test_files_are_all_that_the_episodes_refer_to(root):
    with open_dataset(root) as dataset:
        there = {
            path.relative_to(root).as_posix()
            for folder in ("data", "videos")
            for path in (root / folder).rglob("*")
            if path.is_file()
        }
        assert set(dataset.files()) == there
        for file, episodes in dataset.layout.data_files().items():
            table = dataset.file_rows(file, ["episode_index"])
            expected = np.repeat(episodes, dataset.lengths[episodes])
            assert np.array_equal(table["episode_index"].to_numpy(), expected)


def test_episodes_may_alternate_between_files(make_recording):
    """As LeRobot's tools leave them: episodes 0, 2, 4 in one file, 1 and 3 in the other."""
    root = make_recording("v3.0", LENGTHS, size=(32, 32), episodes_per_data_file=1)
    folder = root / "data/chunk-000"
    tables = [pq.read_table(path, partitioning=None) for path in sorted(folder.iterdir())]
    for path in list(folder.iterdir()):
        path.unlink()
    for number in (0, 1):
        with pq.ParquetWriter(folder / f"file-00{number}.parquet", tables[0].schema) as writer:
            for table in tables[number::2]:
                writer.write_table(table)
    listed = next((root / "meta/episodes").rglob("*.parquet"))
    table = pq.read_table(listed, partitioning=None)
    place = table.column_names.index("data/file_index")
    field = table.schema.field(place)
    pq.write_table(table.set_column(place, field, [np.arange(5, dtype=np.int64) % 2]), listed)
    with open_dataset(root) as dataset:
        for episode in (4, 0, 3, 1, 2):
            rows = dataset.rows(episode, ["episode_index"])
            assert rows["episode_index"].to_pylist() == [episode] * LENGTHS[episode]


@pytest.mark.parametrize("version", VERSIONS)
def test_one_episode_of_one_frame(make_recording, version):
    with open_dataset(make_recording(version, (1,), size=(32, 32))) as dataset:
        assert len(dataset) == dataset.total_frames == 1
        assert dataset.rows(0, ["frame_index"])["frame_index"].to_pylist() == [0]
        assert dataset.segment(0, CAMERAS[0]).length == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_only_images_or_no_camera_at_all(make_recording, version):
    small = {"size": (16, 16), "lengths": (3, 2)}
    images = make_recording(version, kind="image", name="images", **small)
    blind = make_recording(version, cameras=(), name="blind", **small)
    with open_dataset(images) as dataset:
        assert [camera.kind for camera in dataset.cameras] == ["image"]
        assert all(file.endswith(".parquet") for file in dataset.files())
        rows = dataset.rows(1, [CAMERAS[0]])
        assert rows[CAMERAS[0]][0].as_py()["bytes"].startswith(b"\x89PNG")
    with open_dataset(blind) as dataset:
        assert dataset.cameras == ()
        with pytest.raises(UsageError, match="no camera 'front'"):
            dataset.camera("front")


def test_an_episode_that_does_not_exist(make_recording):
    with open_dataset(make_recording("v3.0", (3, 2), size=(32, 32))) as dataset:
        for index in (2, -1):
            with pytest.raises(IndexError):
                dataset[index]


def test_rows_of_another_episode_are_refused(make_recording):
    root = make_recording("v2.1", (3, 3), size=(32, 32))
    first, second = sorted((root / "data").rglob("*.parquet"))
    first.write_bytes(second.read_bytes())
    with (
        open_dataset(root) as dataset,
        pytest.raises(DamagedDatasetError, match="does not hold the 3 rows of episode 0"),
    ):
        dataset.rows(0, ["index"])


@pytest.mark.parametrize(
    ("feature", "size"),
    [
        ({"shape": [3, 48, 64], "names": ["channels", "height", "width"]}, (48, 64)),
        ({"shape": [48, 64, 3], "names": ["height", "width", "channels"]}, (48, 64)),
        ({"shape": [48, 64, 3], "video_info": {"video.fps": 10}}, (48, 64)),
        ({"shape": [3, 9, 9], "video_info": {"video.height": 48, "video.width": 64}}, (48, 64)),
        ({"shape": [3, 9, 9], "info": {"video.height": 48, "video.width": 64}}, (48, 64)),
        ({"shape": []}, (0, 0)),
    ],
)
def test_the_size_of_a_camera(recording, feature, size):
    root = recording()

    def change(info):
        info["features"]["image"] = {"dtype": "image", **feature}

    edit_info(root, change)
    with open_dataset(root) as dataset:
        camera = dataset.camera("image")
        assert (camera.height, camera.width) == size


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (None, ()),
        (["x", "y"], ("x", "y")),
        ([["x", "y"]], ("x", "y")),
        ({"motors": ["x", "y"]}, ("x", "y")),
        ({"y": 1, "x": 0}, ("x", "y")),
        ("xy", ()),
        ({}, ()),
        ({"x": None, "y": "z"}, ("None", "z")),
    ],
)
def test_names_in_every_form(recording, names, expected):
    root = recording()
    edit_info(root, lambda info: info["features"]["action"].update(names=names))
    with open_dataset(root) as dataset:
        (action,) = [column for column in dataset.columns if column.name == "action"]
        assert action.names == expected


def test_paths_of_another_layout(recording):
    """The templates of `info.json` are followed, not the usual names."""
    root = recording("v2.1")
    (root / "data/chunk-000").rename(root / "data/part-0")
    text = "data/part-{episode_chunk:d}/episode_{episode_index:06d}.parquet"
    edit_info(root, lambda info: info | {"data_path": text})
    with open_dataset(root) as dataset:
        assert dataset[1].data_file == "data/part-0/episode_000001.parquet"
        assert dataset.rows(1, ["frame_index"]).num_rows == 3


def test_documents_in_old_encodings(recording):
    root = recording("v2.1")
    path = root / "meta/episodes.jsonl"
    lines = [json.loads(line) | {"tasks": ["Würfel"]} for line in path.read_text().splitlines()]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    for data in (text.encode("cp1252"), b"\xef\xbb\xbf" + text.encode()):
        path.write_bytes(data)
        with open_dataset(root) as dataset:
            assert dataset[2].tasks == ("Würfel",)


def test_a_broken_line_is_named(recording):
    root = recording("v2.1")
    path = root / "meta/episodes.jsonl"
    first, second, third = path.read_text().splitlines()
    path.write_text("\n".join([first, second[:-3], third]))
    with pytest.raises(DamagedDatasetError, match=r"Line 2 of .*episodes\.jsonl is not valid JSON"):
        open_dataset(root)


def test_the_root_may_be_relative_or_a_link(recording, monkeypatch):
    root = recording()
    monkeypatch.chdir(root.parent)
    (root.parent / "link").symlink_to(root)
    for place in ("recording", "./link", "link/../recording"):
        with open_dataset(place) as dataset:
            assert len(dataset) == 3
            assert dataset.root.is_absolute()


@pytest.mark.parametrize(
    "tasks",
    [
        [["lift"], ["place"], ["lift"]],
        [["lift", "place"], [], ["lift"]],
        [["lift"], None, [""]],
        [[None], ["lift"], ["place"]],
        ["lift", "place", "lift"],
    ],
    ids=str,
)
def test_the_tasks_of_all_episodes_are_those_of_each(make_recording, tasks):
    root = make_recording(lengths=(4, 4, 4))
    [path] = (root / "meta" / "episodes").glob("*/*.parquet")
    table = pq.read_table(path)
    place = table.column_names.index("tasks")
    pq.write_table(table.set_column(place, "tasks", pa.array(tasks)), path)
    with open_dataset(root) as dataset:
        assert dataset.layout.all_tasks() == [dataset.layout.tasks(e) for e in range(3)]
