"""Each oddity appears where it belongs, and none appears in a good recording."""

import numpy as np
import pytest

from labeler.dataset import open_dataset
from labeler.inspection import Severity, inspect_dataset
from labeler.inspection.statistics import statistics_on_disk
from labeler.inspection.videos import video_oddities
from tests.broken import ALL, VERSIONS, Found
from tests.broken.edit import data, edit_column, edit_info, video


def report_of(root, **options):
    with open_dataset(root) as dataset:
        return inspect_dataset(dataset, **options)


LAYOUTS = {
    "one camera": {},
    "two cameras": {"cameras": ("observation.images.left", "observation.images.right")},
    "images": {"kind": "image"},
    "no camera": {"cameras": ()},
    "labels": {"reward": "last"},
    "several tasks": {"tasks": ("lift", "drop")},
    "many files": {
        "episodes_per_data_file": 2,
        "episodes_per_video_file": (1,),
        "episodes_per_metadata_file": 2,
        "chunks_size": 2,
    },
    "one frame": {"lengths": (1,)},
    "30 fps": {"fps": 30},
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_odd_about_a_good_recording(make_recording, version, layout):
    root = make_recording(version, **{"lengths": (4, 3, 5), "size": (32, 32), **LAYOUTS[layout]})
    report = report_of(root)
    streamed = [oddity for oddity in report.oddities if "Streaming" in oddity.sentence]
    assert report.oddities == tuple(streamed)
    assert bool(streamed) is (layout == "many files" and version == "v3.0")
    assert report.usable
    assert report.codebase_version == version


ODD = [
    (breakage, version)
    for breakage in ALL.values()
    for version in breakage.versions[-1:]
    if breakage.found in (Found.ERROR, Found.REPORTED)
]


@pytest.mark.parametrize(
    ("breakage", "version"), ODD, ids=lambda case: getattr(case, "name", str(case))
)
def test_an_oddity_names_its_file(recording, breakage, version):
    root = recording(version)
    breakage.damage(root)
    report = report_of(root)
    severities = {oddity.severity for oddity in report.oddities}
    assert (Severity.ERROR in severities) == (breakage.found is Found.ERROR)
    assert report.usable == (breakage.found is not Found.ERROR)
    assert any(breakage.says in oddity.sentence for oddity in report.oddities)
    for oddity in report.oddities:
        assert oddity.sentence.endswith(".")
        assert (
            not oddity.file
            or oddity.file.split("/")[-1] in oddity.sentence
            or (oddity.file.startswith("meta"))
        )


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_labels_say(make_recording, version):
    def reward(episode):
        return [np.zeros(3), np.ones(2), np.array([0, 1, 0, 1])][episode]

    root = make_recording(version, (3, 2, 4), size=(32, 32), reward=reward)
    labels = report_of(root).labels
    assert labels is not None
    assert (labels.success_frames, labels.frames) == (4, 9)
    assert (labels.never, labels.always) == ((0,), (1,))
    assert labels.binary
    edit_column(data(root), "next.reward", lambda old: [0.5, *old[1:]])
    labels = report_of(root).labels
    assert labels is not None
    assert not labels.binary


def test_progress_reaches_its_end(recording):
    begun, done = [], []
    root = recording("v2.1")
    report_of(
        root,
        begin=lambda what, total: begun.append((what, total)),
        advance=done.append,
    )
    size = sum(path.stat().st_size for path in (root / "data").rglob("*.parquet"))
    assert begun == [("Reading rows (bytes)", size), ("Reading videos", 3)]
    assert sum(done) == size + 3


def test_quick_reads_neither_rows_nor_videos(recording):
    root = recording("v3.0")
    data(root).write_bytes(b"no rows")
    video(root).write_bytes(b"no video")
    report = report_of(root, quick=True)
    assert report.oddities == ()
    assert report.labels is None


def test_only_episodes_of_interest(recording):
    root = recording("v2.1")
    video(root).write_bytes(b"no video at all")
    with open_dataset(root) as dataset:
        assert [oddity.severity for oddity in video_oddities(dataset)] == [Severity.ERROR]
        assert list(video_oddities(dataset, episodes=[0, 1])) == []


def test_a_damaged_video_may_be_left_out(recording, run, tmp_path):
    root = recording("v2.1")
    video(root).write_bytes(b"no video at all")
    labels = tmp_path / "labels.json"
    labels.write_text('{"0": 1, "1": 1}')
    refused = run("apply", root, "--labels", labels, "--unlabeled", "zero")
    assert refused.exit_code == 3
    assert "--unlabeled drop" in refused.stderr
    assert run("apply", root, "--labels", labels, "--unlabeled", "drop").exit_code == 0


def test_counts_of_videos_and_tasks(recording):
    root = recording("v2.1")
    edit_info(root, lambda info: info | {"total_videos": 5, "total_tasks": 0})
    sentences = [oddity.sentence for oddity in report_of(root, quick=True).oddities]
    assert sentences == [
        "meta/info.json counts 5 videos, there should be 3.",
        "meta/info.json counts 0 tasks, there is 1.",
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_stored_statistics_are_those_of_the_rows(recording, version):
    with open_dataset(recording(version)) as dataset:
        file, stored = statistics_on_disk(dataset)
        tables = [dataset.file_rows(file, ["timestamp"]) for file in dataset.layout.data_files()]
    times = np.concatenate([table["timestamp"].to_numpy() for table in tables])
    assert file.startswith("meta/")
    assert np.allclose(stored["timestamp"]["mean"], times.mean())
    assert np.allclose(stored["timestamp"]["max"], times.max())
