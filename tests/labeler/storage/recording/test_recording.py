"""New recordings, read back with pyarrow and PyAV."""

import io
import json
from dataclasses import replace

import av
import numpy as np
import pyarrow.parquet as pq
import pytest

from labeler.errors import RefusedError, StorageError
from labeler.storage.recording import (
    CameraSpec,
    ColumnSpec,
    EpisodeFrames,
    RecordingSpec,
    can_encode,
    write_recording,
)

GRIPPER = "observation.images.gripper"
FRONT = "observation.images.front"


def info_of(root):
    return json.loads((root / "meta/info.json").read_text())


def data_files(root):
    return sorted((root / "data").glob("*/*.parquet"))


def rows_of(root):
    return [row for path in data_files(root) for row in pq.read_table(path).to_pylist()]


def episodes_of(root):
    files = sorted((root / "meta/episodes").glob("*/*.parquet"))
    return [row for path in files for row in pq.read_table(path).to_pylist()]


def images_of(path):
    """Pictures of an MP4 by presentation time in seconds."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        return {
            round(float(frame.pts * stream.time_base), 6): frame.to_ndarray(format="rgb24")
            for frame in container.decode(stream)
        }


@pytest.mark.parametrize("version", ["v2.0", "v2.1", "v3.0"])
def test_rows_are_numbered_as_lerobot_does(make_recording, version):
    root = make_recording(version, lengths=(4, 1, 3), reward="last", tasks=("a", "b"))
    rows = rows_of(root)

    assert [row["index"] for row in rows] == list(range(8))
    assert [row["frame_index"] for row in rows] == [0, 1, 2, 3, 0, 0, 1, 2]
    assert [row["episode_index"] for row in rows] == [0, 0, 0, 0, 1, 2, 2, 2]
    assert [row["task_index"] for row in rows] == [0, 0, 0, 0, 1, 0, 0, 0]
    assert [row["timestamp"] for row in rows[:4]] == pytest.approx([0, 0.1, 0.2, 0.3])
    assert [row["next.reward"] for row in rows] == [0, 0, 0, 1, 1, 0, 0, 1]
    assert [row["next.done"] for row in rows] == [False] * 3 + [True] * 2 + [False] * 2 + [True]


@pytest.mark.parametrize("version", ["v2.0", "v2.1", "v3.0"])
def test_info_agrees_with_the_rows(make_recording, version):
    root = make_recording(version, lengths=(4, 1, 3), cameras=(GRIPPER, FRONT), tasks=("a", "b"))
    info = info_of(root)

    assert info["codebase_version"] == version
    totals = (info["total_episodes"], info["total_frames"], info["total_tasks"])
    assert totals == (3, 8, 2)
    assert info["splits"] == {"train": "0:3"}
    cameras, schema = {GRIPPER, FRONT}, pq.read_schema(data_files(root)[0])
    assert set(info["features"]) - cameras == set(schema.names)
    assert info["features"][FRONT]["info"]["video.codec"] == "h264"
    if version != "v3.0":
        assert (info["total_videos"], info["total_chunks"]) == (6, 1)


@pytest.mark.parametrize(
    ("version", "word"), [("v2.0", "Sequence"), ("v2.1", "Sequence"), ("v3.0", "List")]
)
def test_parquet_metadata_speaks_the_dialect_of_the_version(make_recording, version, word):
    schema = pq.read_schema(data_files(make_recording(version))[0])
    described = json.loads(schema.metadata[b"huggingface"])["info"]["features"]

    assert list(described) == schema.names
    assert described["action"]["_type"] == word
    assert described["timestamp"] == {"dtype": "float32", "_type": "Value"}


@pytest.mark.parametrize("version", ["v2.0", "v2.1"])
@pytest.mark.parametrize("coding", [{}, {"gop": 12, "b_frames": 2}, {"codec": "av1"}])
def test_every_video_of_v2_shows_its_episode(make_recording, read_picture, version, coding):
    root = make_recording(version, lengths=(13, 1, 6), chunks_size=2, **coding)
    template = info_of(root)["video_path"]
    for episode, length in enumerate((13, 1, 6)):
        path = template.format(episode_chunk=episode // 2, video_key=GRIPPER, episode_index=episode)
        pictures = images_of(root / path)
        assert list(pictures) == [round(frame / 10, 6) for frame in range(length)]
        shown = [read_picture(picture) for picture in pictures.values()]
        assert shown == [(episode, frame) for frame in range(length)]


@pytest.mark.parametrize("coding", [{}, {"gop": 12, "b_frames": 2}, {"codec": "av1"}])
def test_every_segment_of_v3_shows_its_episode(make_recording, read_picture, coding):
    lengths = (13, 1, 6, 8, 5, 7)
    root = make_recording(
        lengths=lengths,
        cameras=(GRIPPER, FRONT),
        chunks_size=2,
        episodes_per_video_file=(2, 5),
        **coding,
    )
    template = info_of(root)["video_path"]
    for row in episodes_of(root):
        for key in (GRIPPER, FRONT):
            place = {name: row[f"videos/{key}/{name}"] for name in ("chunk_index", "file_index")}
            pictures = images_of(root / template.format(video_key=key, **place))
            for frame in range(row["length"]):
                time = round(row[f"videos/{key}/from_timestamp"] + frame / 10, 6)
                assert read_picture(pictures[time]) == (row["episode_index"], frame)
    files = {key: len(list((root / "videos" / key).glob("*/*.mp4"))) for key in (GRIPPER, FRONT)}
    assert files == {GRIPPER: 3, FRONT: 2}
    assert (root / "videos" / GRIPPER / "chunk-001/file-000.mp4").is_file()


def test_episodes_of_a_joined_video_begin_with_a_keyframe(make_recording):
    root = make_recording(lengths=(13, 1, 6), gop=12, b_frames=2)
    with av.open(next(root.rglob("*.mp4"))) as container:
        stream = container.streams.video[0]
        keys = [
            round(packet.pts * stream.time_base * 10)
            for packet in container.demux(stream)
            if packet.is_keyframe
        ]
    assert {0, 13, 14} <= set(keys)


def test_files_of_v3_split_independently(make_recording):
    root = make_recording(
        lengths=(4,) * 25,
        chunks_size=3,
        episodes_per_data_file=4,
        episodes_per_metadata_file=11,
        episodes_per_video_file=(25,),
    )
    rows = episodes_of(root)
    places = [(row["data/chunk_index"], row["data/file_index"]) for row in rows]

    assert places[::4] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0)]
    assert [row["dataset_from_index"] for row in rows] == list(range(0, 100, 4))
    assert [row["meta/episodes/file_index"] for row in rows] == [0] * 11 + [1] * 11 + [2] * 3
    assert len(data_files(root)) == 7
    groups = pq.ParquetFile(data_files(root)[0]).metadata
    assert [groups.row_group(i).num_rows for i in range(groups.num_row_groups)] == [4] * 4


def test_size_limits_split_files(tmp_path):
    spec = RecordingSpec("v3.0", (), (ColumnSpec("action", shape=(64,)),), data_file_mb=0.05)
    random = np.random.default_rng(0)
    episodes = [EpisodeFrames("t", {"action": random.normal(size=(50, 64))}) for _ in range(8)]
    write_recording(tmp_path / "r", spec, episodes)

    sizes = [path.stat().st_size for path in data_files(tmp_path / "r")]
    assert len(sizes) > 2
    assert max(sizes) < 0.06 * 2**20


@pytest.mark.parametrize("version", ["v2.0", "v2.1", "v3.0"])
def test_pictures_in_parquet_are_png_of_the_exact_pixels(make_recording, read_picture, version):
    root = make_recording(version, lengths=(3, 2), kind="image")
    values = set()
    for row in rows_of(root):
        with av.open(io.BytesIO(row[GRIPPER]["bytes"])) as container:
            pixels = next(container.decode(video=0)).to_ndarray(format="rgb24")
        assert read_picture(pixels) == (row["episode_index"], row["frame_index"])
        values |= set(np.unique(pixels).tolist())
    assert values == {50, 200}
    assert info_of(root)["video_path"] is None
    assert not (root / "videos").exists()


def test_statistics_of_v21_stand_in_every_line(make_recording):
    root = make_recording("v2.1", lengths=(12, 9), reward="last")
    lines = (root / "meta/episodes_stats.jsonl").read_text().splitlines()
    rows = rows_of(root)

    assert not (root / "meta/stats.json").exists()
    for episode, line in enumerate(map(json.loads, lines)):
        assert line["episode_index"] == episode
        assert list(line["stats"]) == list(info_of(root)["features"])
        state = np.array([r["observation.state"] for r in rows if r["episode_index"] == episode])
        kept = line["stats"]["observation.state"]
        np.testing.assert_allclose(kept["std"], state.std(axis=0), rtol=1e-5)
        assert kept["count"] == [len(state)]
        assert np.shape(line["stats"][GRIPPER]["mean"]) == (3, 1, 1)
        assert 50 / 255 < line["stats"][GRIPPER]["mean"][0][0][0] < 200 / 255


def test_statistics_of_v3_stand_per_episode_and_in_total(make_recording):
    root = make_recording(lengths=(12, 9), reward="last")
    state = np.array([row["observation.state"] for row in rows_of(root)])
    total = json.loads((root / "meta/stats.json").read_text())
    episodes = episodes_of(root)

    np.testing.assert_allclose(total["observation.state"]["mean"], state.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(total["observation.state"]["std"], state.std(axis=0), rtol=1e-5)
    assert total["observation.state"]["count"] == [21]
    assert episodes[1]["stats/next.reward/mean"] == pytest.approx([1 / 9])
    assert episodes[1]["stats/next.reward/q99"] == pytest.approx([0.92])
    np.testing.assert_allclose(episodes[1]["stats/action/max"], _actions(root, 1).max(axis=0))


def _actions(root, episode):
    return np.array([row["action"] for row in rows_of(root) if row["episode_index"] == episode])


def test_statistics_of_v20_are_global_floats_without_count(make_recording):
    root = make_recording("v2.0", lengths=(12, 9))
    stats = json.loads((root / "meta/stats.json").read_text())
    assert list(stats["frame_index"]) == ["mean", "std", "max", "min"]
    assert stats["frame_index"]["max"] == [11.0]
    assert isinstance(stats["frame_index"]["max"][0], float)
    assert not (root / "meta/episodes_stats.jsonl").exists()


def test_tasks_of_v3_are_indexed_by_their_text(make_recording):
    root = make_recording(lengths=(2, 2, 2), tasks=("grab", "häng auf"))
    table = pq.read_table(root / "meta/tasks.parquet")
    assert table.to_pydict() == {"task_index": [0, 1], "task": ["grab", "häng auf"]}
    assert json.loads(table.schema.metadata[b"pandas"])["index_columns"] == ["task"]


SPEC = RecordingSpec("v2.1", (CameraSpec(GRIPPER, 16, 16, codec="h264"),), (ColumnSpec("action"),))


def _frames(pictures, length=3):
    return EpisodeFrames("t", {"action": np.zeros(length)}, {GRIPPER: pictures})


def test_a_taken_root_is_refused_and_stays(tmp_path):
    (tmp_path / "r").mkdir()
    (tmp_path / "r/mine.txt").write_text("keep")
    with pytest.raises(RefusedError):
        write_recording(tmp_path / "r", SPEC, [])
    assert (tmp_path / "r/mine.txt").read_text() == "keep"


def test_a_link_as_root_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "r").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError):
        write_recording(tmp_path / "r", SPEC, [])


def test_a_failure_leaves_nothing_behind(tmp_path):
    def episodes():
        yield _frames(np.zeros((3, 16, 16, 3), np.uint8))
        raise RuntimeError("camera unplugged")

    with pytest.raises(RuntimeError, match="unplugged"):
        write_recording(tmp_path / "r", SPEC, episodes())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [0, 2, 4])
def test_too_few_or_too_many_pictures_are_named(tmp_path, count):
    with pytest.raises(ValueError, match=f"{count} images for 3 frames"):
        write_recording(tmp_path / "r", SPEC, [_frames(np.zeros((count, 16, 16, 3), np.uint8))])
    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_another_size_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"\(16, 18, 3\)"):
        write_recording(tmp_path / "r", SPEC, [_frames(np.zeros((3, 16, 18, 3), np.uint8))])


@pytest.mark.parametrize(
    "columns",
    [
        (),
        (ColumnSpec("a/b"),),
        (ColumnSpec("timestamp"),),
        (ColumnSpec("a"), ColumnSpec("a")),
        (ColumnSpec("a", shape=(2, 3)),),
    ],
)
def test_a_specification_nobody_could_read_is_refused(columns):
    with pytest.raises(ValueError, match=r"[A-Z]"):
        replace(SPEC, columns=columns)


def test_a_recording_without_an_episode_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one episode"):
        write_recording(tmp_path / "r", SPEC, [])
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_no_encoder_takes_is_named(tmp_path):
    """H.264 with 4:2:0 colours halves width and height."""
    spec = replace(SPEC, cameras=(CameraSpec(GRIPPER, 15, 15, codec="h264"),))
    with pytest.raises(StorageError, match=f"images of {GRIPPER} cannot be encoded as h264"):
        write_recording(tmp_path / "r", spec, [_frames(np.zeros((3, 15, 15, 3), np.uint8))])
    assert list(tmp_path.iterdir()) == []


def test_a_codec_that_is_there_can_be_encoded():
    assert can_encode("h264")


def test_a_preset_is_the_encoders(tmp_path):
    random = np.random.default_rng(0).integers(0, 255, (40, 64, 64, 3), dtype=np.uint8)
    sizes = {}
    for preset in (None, "ultrafast"):
        camera = CameraSpec(GRIPPER, 64, 64, codec="h264", gop=20, preset=preset)
        root = tmp_path / str(preset)
        write_recording(root, replace(SPEC, cameras=(camera,)), [_frames(random, 40)])
        sizes[preset] = next(root.rglob("*.mp4")).stat().st_size
    assert sizes[None] != sizes["ultrafast"]


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_texts_have_no_statistics(tmp_path, version):
    columns = (ColumnSpec("action"), ColumnSpec("instruction", "string"))
    spec = RecordingSpec(version, (), columns)
    frames = {"action": np.zeros(2), "instruction": np.array(["lift", "drop"])}
    write_recording(tmp_path / "r", spec, [EpisodeFrames("t", frames)] * 10)
    assert [row["instruction"] for row in rows_of(tmp_path / "r")] == ["lift", "drop"] * 10
    assert info_of(tmp_path / "r")["features"]["instruction"]["dtype"] == "string"
    if version == "v3.0":  # ten episodes are written at once, as LeRobot does
        names = set(episodes_of(tmp_path / "r")[9])
        assert "stats/action/mean" in names
        assert not any(name.startswith("stats/instruction") for name in names)


def test_progress_counts_every_episode(tmp_path):
    seen = []
    pictures = np.zeros((3, 16, 16, 3), np.uint8)
    write_recording(tmp_path / "r", SPEC, [_frames(pictures)] * 3, seen.append)
    assert seen == [0, 1, 2]
