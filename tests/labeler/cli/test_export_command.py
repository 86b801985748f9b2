"""Labels out of a dataset and back in."""

import json
from datetime import datetime, timedelta, timezone

import pandas as pd
import pyarrow.parquet as pq
import pytest

from classifier.config import read_settings, split_overrides
from labeler.dataset import open_dataset
from labeler.labels import DatasetLabels, EpisodeLabel, FrameRange, Origin
from labeler.labels.document import to_text
from labeler.labels.episode import exclude, never, skip, with_cutoff, with_success
from tests.broken import ALL, VERSIONS
from tests.broken.edit import data, edit_column
from tests.snapshot import snapshot


def rewards(root):
    with open_dataset(root) as dataset:
        return [dataset.rows(e, ["next.reward"])["next.reward"].to_pylist() for e in range(3)]


def with_rewards(root, values):
    """Write rewards into a recording, episode after episode."""
    paths = sorted((root / "data").rglob("*.parquet"))
    parts = values if len(paths) > 1 else [[x for part in values for x in part]]
    for path, part in zip(paths, parts, strict=True):
        edit_column(path, "next.reward", lambda old, part=part: [float(x) for x in part])


RANGES = [[0, 1, 0, 1], [0, 0, 0], [1, 1, 1, 1, 1]]
CUTOFFS = [[0, 0, 1, 1], [1, 1, 1], [0, 0, 0, 0, 1]]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("form", "values"),
    [("labeler", RANGES), ("ranges", RANGES), ("csv", CUTOFFS), ("cutoffs", CUTOFFS)],
)
def test_labels_go_out_and_come_back(recording, run, tmp_path, version, form, values):
    root = recording(version)
    with_rewards(root, values)
    path, again = tmp_path / "labels", tmp_path / "again"
    assert run("export", root, "--to", form, "--out", path).exit_code == 0
    done = run("apply", root, "--labels", path)
    assert done.exit_code == 0, done.output
    copy = root.with_name("recording_labeled")
    assert rewards(copy) == values
    assert run("export", copy, "--to", form, "--out", again).exit_code == 0
    if form in ("cutoffs", "csv"):
        assert again.read_text() == path.read_text()


def test_labels_go_to_standard_output(recording, run):
    exported = run("export", recording(), "--to", "cutoffs")
    assert json.loads(exported.stdout) == {"0": 3, "1": 2, "2": 4}
    (following,) = exported.stderr.splitlines()
    assert following.startswith("Next: labeler export ")


@pytest.mark.parametrize("form", ["cutoffs", "csv"])
def test_what_a_form_cannot_say_is_refused_by_name(recording, run, form):
    root = recording()
    with_rewards(root, RANGES)
    refused = run("export", root, "--to", form)
    assert refused.exit_code == 4
    assert "episode 0" in refused.stderr
    assert refused.stdout == ""


def test_one_form_becomes_another(recording, labels, run):
    converted = run("export", recording(), "--labels", labels, "--to", "csv")
    assert converted.exit_code == 0
    assert converted.stdout.splitlines()[1].startswith("0,1")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rewards not declared", "has no next.reward column"),
        ("2 in next.reward", "next.reward holds other values than 0 and 1, up to 0, 1, 2"),
        ("NaN in next.reward", "no value, or none that is a number, in episode 0"),
        ("null in next.reward", "no value, or none that is a number, in episode 0"),
        ("text in next.reward", "rows that are not a single number or truth value"),
    ],
)
def test_columns_that_are_no_labels(recording, run, name, words):
    root = recording("v3.0")
    ALL[name].damage(root)
    refused = run("export", root)
    assert refused.exit_code == 4
    assert words in refused.stderr


def test_rows_in_another_order_are_not_taken_for_labels(recording, run):
    root = recording("v3.0")
    ALL["rows shuffled"].damage(root)
    assert run("export", root).exit_code == 3


def test_nothing_is_written_into_the_dataset(recording, run, tmp_path):
    root = recording()
    before = snapshot(root)
    (tmp_path / "link").symlink_to(root)
    for out in (root / "labels.json", root / "meta/new/labels.json", tmp_path / "link/x.json"):
        refused = run("export", root, "--out", out)
        assert refused.exit_code == 5
        assert "is only read" in refused.stderr
    assert run("export", root, "--out", tmp_path).exit_code == 5
    assert snapshot(root) == before


def test_an_old_file_is_replaced_as_a_whole(recording, run, tmp_path):
    path = tmp_path / "labels.json"
    path.write_text("x" * 100_000)
    given = ("export", recording(), "--to", "cutoffs", "--out", path)
    assert run(*given).exit_code == 5
    assert run(*given, "--overwrite").exit_code == 0
    assert json.loads(path.read_text()) == {"0": 3, "1": 2, "2": 4}
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["labels.json"]


def test_rewards_of_a_damaged_file(recording, run):
    root = recording("v3.0")
    data(root).write_bytes(b"")
    refused = run("export", root)
    assert refused.exit_code == 3
    assert str(data(root)) in refused.stderr


TABLE = """\
episode,length,state,first_success,success,excluded,success_frames,failure_frames,flagged,flag,note,\
origin,author,time
0,4,skipped,,,,0,0,false,,,human,,
1,3,never,,,,0,3,true,"light, went out","said ""no""
twice",human,ann,2026-11-22T16:00:00+00:00
2,5,success,1,1-3 4-5,2-3,2,2,true,,,imported,,
3,4,unlabeled,,,0-1,0,0,false,,,,,
"""


@pytest.fixture
def flagged(make_recording, tmp_path):
    """A recording, and labels that say whatever can be said."""
    labels = {
        0: skip(EpisodeLabel(4)),
        1: never(
            EpisodeLabel(
                3,
                flag="light, went out",
                note='said "no"\ntwice',
                author="ann",
                time=datetime(2026, 11, 22, 17, tzinfo=timezone(timedelta(hours=1))),
            )
        ),
        2: exclude(
            with_success(
                EpisodeLabel(5, flag="", origin=Origin.IMPORTED),
                (FrameRange(1, 3), FrameRange(4, 5)),
            ),
            FrameRange(2, 3),
        ),
        3: exclude(EpisodeLabel(4), FrameRange(0, 1)),
    }
    file = tmp_path / "labels.json"
    file.write_text(to_text(DatasetLabels((4, 3, 5, 4), labels)))
    return make_recording(lengths=(4, 3, 5, 4)), file


def test_labels_flags_and_notes_become_a_table(flagged, run, tmp_path):
    root, file = flagged
    done = run("export", root, "--labels", file, "--to", "table")
    assert done.exit_code == 0, done.output
    assert done.stdout == TABLE
    out = tmp_path / "labels.csv"
    done = run("export", root, "--labels", file, "--to", "table", "--out", out)
    assert out.read_bytes().decode() == TABLE
    assert "Next" not in done.output  # it is not read again
    assert run("apply", root, "--labels", out).exit_code == 4


def test_and_a_parquet_file(flagged, run, tmp_path):
    root, file = flagged
    out = tmp_path / "labels.parquet"
    refused = run("export", root, "--labels", file, "--to", "parquet")
    assert refused.exit_code == 2
    assert "Give a file name with --out." in refused.stderr
    assert run("export", root, "--labels", file, "--to", "parquet", "--out", out).exit_code == 0
    table = pq.read_table(out)
    assert ",".join(table.column_names) == TABLE.splitlines()[0]
    assert table["state"].to_pylist() == ["skipped", "never", "success", "unlabeled"]
    assert table["first_success"].to_pylist() == [None, None, 1, None]
    ranges = [{"start": 1, "end": 3}, {"start": 4, "end": 5}]
    assert table["success"].to_pylist() == [[], [], ranges, []]
    assert table["excluded"].to_pylist()[2:] == [[{"start": 2, "end": 3}], [{"start": 0, "end": 1}]]
    assert table["flagged"].to_pylist() == [False, True, True, False]
    assert table["flag"].to_pylist() == ["", "light, went out", "", ""]
    assert table["time"][1].as_py() == "2026-11-22T16:00:00+00:00"
    assert pd.read_parquet(out)["length"].tolist() == [4, 3, 5, 4]


def test_skipped_episodes_are_listed_as_lerobot_excludes_them(make_recording, run, tmp_path):
    root, file = make_recording(lengths=(4, 3, 5, 4)), tmp_path / "labels.json"
    lengths = (4, 3, 5, 4)
    labels = {
        0: skip(EpisodeLabel(4)),
        1: never(EpisodeLabel(3)),
        2: exclude(with_cutoff(EpisodeLabel(5), 2), FrameRange(0, 5)),
        3: exclude(with_cutoff(EpisodeLabel(4), 2), FrameRange(0, 1)),
    }
    file.write_text(to_text(DatasetLabels(lengths, labels)))
    done = run("export", root, "--labels", file, "--exclude-episodes")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == [0, 2]
    overrides, rest = split_overrides([f"--dataset.exclude_episodes={done.stdout.strip()}"])
    assert not rest
    assert read_settings(None, overrides).config.dataset.exclude_episodes == [0, 2]
