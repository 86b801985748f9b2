"""A recording of which some episodes are damaged: the others become a copy that is complete."""

from contextlib import closing

import pyarrow.parquet as pq
import pytest

from labeler.dataset import open_dataset
from labeler.dataset.labels_of import labels_in_dataset
from labeler.inspection.wholeness import intact_episodes, lacks
from labeler.labels import State
from labeler.labels.episode import never, with_cutoff
from labeler.session import Session
from labeler.storage.checking.check import differences
from labeler.storage.record.copy_record import read_record
from tests.broken.edit import edit_column
from tests.snapshot import snapshot

LENGTHS = (5, 4, 6, 5, 4, 7)
POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)
SAYS = {
    1: "is a Git LFS pointer, whose content was not downloaded; `git lfs pull` fetches it",
    2: ".mp4",
    3: "is missing",
    4: ".parquet",
}


def columns_in(dataset, episode):
    return pq.read_schema(dataset.root / dataset.layout.data_file(episode)).names


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.fixture(params=["v2.1", "v3.0"])
def damaged(request, make_recording):
    """Each of the episodes 1 to 4 lacks something else; 0 and 5 are whole."""
    one_each = {"episodes_per_data_file": 1, "episodes_per_video_file": (1,)}
    root = make_recording(request.param, LENGTHS, reward="last", size=(32, 32), **one_each)
    data, videos = sorted(root.glob("data/*/*.parquet")), sorted(root.rglob("*.mp4"))
    assert len(data) == len(videos) == len(LENGTHS)
    videos[1].write_text(POINTER)
    cut(videos[2])
    data[3].unlink()
    cut(data[4])
    return root


def test_each_episode_says_what_it_lacks(damaged):
    with open_dataset(damaged) as dataset:
        found = {lack.episode: lack.sentence for lack in lacks(dataset)}
        assert intact_episodes(dataset) == (0, 5)
    assert sorted(found) == sorted(SAYS)
    for episode, words in SAYS.items():
        assert words in found[episode]


def test_inspect_tells_it(damaged, run):
    said = run("inspect", damaged)
    assert said.exit_code == 3
    text = " ".join(said.output.split())
    assert "2 of 6 episodes are whole and can be copied; not whole: episodes 1-4." in text
    assert text.endswith("`labeler split --intact` copies what is whole.")
    assert "Episode 3 is not whole: data/" in text
    assert "`git lfs pull` fetches it" in text


def test_whole_episodes_become_a_complete_copy(damaged, run, tmp_path):
    before, copy = snapshot(damaged), tmp_path / "copy"
    done = run("split", damaged, "--intact", "--out", copy)
    assert done.exit_code == 0, done.output
    assert "2 of 6" in done.output
    assert differences(copy) == []
    assert run("check", copy, "--against", damaged).exit_code == 0
    assert run("inspect", copy).exit_code == 0
    assert [kept[0] for kept in read_record(copy).kept] == [0, 5]
    with open_dataset(copy) as dataset:
        assert dataset.lengths.tolist() == [LENGTHS[0], LENGTHS[5]]
    assert snapshot(damaged) == before


def test_other_conditions_narrow_it(damaged, run, tmp_path):
    copy = tmp_path / "copy"
    assert run("split", damaged, "--intact", "--episodes", "1-5", "--out", copy).exit_code == 0
    assert [kept[0] for kept in read_record(copy).kept] == [5]


@pytest.mark.parametrize("command", ["apply", "split"])
def test_a_copy_is_never_made_of_damaged_episodes(damaged, run, tmp_path, command):
    labels, copy = tmp_path / "labels.json", tmp_path / "copy"
    labels.write_text('{"0": 1, "1": 1, "2": 1, "3": 1, "4": 1, "5": 1}')
    for episode in SAYS:
        chosen = ["--episodes", f"0,{episode}"] if command == "split" else []
        said = run(command, damaged, "--labels", labels, "--out", copy, *chosen)
        assert said.exit_code == 3, said.output
        assert not copy.exists()


def test_where_nothing_is_whole_nothing_is_written(make_recording, run, tmp_path):
    root = make_recording(reward="last")
    for video in root.rglob("*.mp4"):
        video.write_text(POINTER)
    said = run("split", root, "--intact", "--out", tmp_path / "copy")
    assert said.exit_code == 3
    assert "No episode of" in said.output
    assert not (tmp_path / "copy").exists()


def test_labels_of_the_window_are_taken(damaged, run, tmp_path):
    with closing(Session.open(damaged, author="anna")) as session:
        session.decide(0, with_cutoff(session.label(0), 2), frame=2, what="test")
        session.decide(5, never(session.label(5)), frame=0, what="test")
    copy = tmp_path / "copy"
    done = run("split", damaged, "--intact", "--out", copy)
    assert done.exit_code == 0, done.output
    with open_dataset(copy) as dataset:
        labels = labels_in_dataset(dataset)[0]
    assert labels[0].cutoff == 2, "the recording's own rewards say the last frame"
    assert labels[1].state is State.NEVER


@pytest.mark.parametrize("version", ["v2.0", "v2.1", "v3.0"])
@pytest.mark.parametrize("kind", ["video", "image"])
def test_what_nobody_has_labelled_is_copied_without_labels(
    make_recording, run, tmp_path, version, kind
):
    one_each = {"episodes_per_data_file": 1, "episodes_per_video_file": (1,)}
    root = make_recording(version, LENGTHS, size=(32, 32), kind=kind, **one_each)
    sorted(root.glob("data/*/*.parquet"))[1].unlink()
    before, copy = snapshot(root), tmp_path / "copy"
    done = run("split", root, "--intact", "--out", copy)
    assert done.exit_code == 0, done.output
    assert "Nobody has labelled" in " ".join(done.stderr.split())
    assert run("check", copy, "--against", root).exit_code == 0
    assert run("inspect", copy).exit_code == 0
    with open_dataset(root) as source, open_dataset(copy) as dataset:
        kept = [e for e in range(len(LENGTHS)) if e != 1]
        assert dataset.lengths.tolist() == [LENGTHS[e] for e in kept]
        assert set(dataset.info.features) == set(source.info.features)
        for new, old in enumerate(kept):
            names = (columns_in(dataset, new), columns_in(source, old))
            assert names[0] == names[1]
            assert dataset.rows(new, ["action"]).equals(source.rows(old, ["action"]))
    assert snapshot(root) == before


def test_such_a_copy_is_labelled_as_a_recording_is(make_recording, run, tmp_path):
    root = make_recording("v3.0", LENGTHS, size=(32, 32))
    copy, labelled = tmp_path / "copy", tmp_path / "labelled"
    assert run("split", root, "--intact", "--out", copy).exit_code == 0
    assert differences(copy) == []
    with closing(Session.open(copy, author="anna")) as session:
        assert not any(label.decided for label in session.labels())
        for episode, length in enumerate(LENGTHS):
            label = with_cutoff(session.label(episode), length - 1)
            session.decide(episode, label, frame=2, what="test")
    done = run("apply", copy, "--out", labelled)
    assert done.exit_code == 0, done.output
    with open_dataset(copy) as source:
        assert differences(labelled, against=source) == []
    with open_dataset(labelled) as dataset:
        assert dataset.rows(0, ["next.reward"])["next.reward"].to_pylist() == [0, 0, 0, 0, 1]


def test_rewards_that_are_no_labels_stay_as_they_are(make_recording, run, tmp_path):
    root = make_recording("v3.0", LENGTHS, size=(32, 32), reward="last")
    file = next(root.glob("data/*/*.parquet"))
    edit_column(file, "next.reward", lambda values: [value - 1 for value in values])
    copy = tmp_path / "copy"
    done = run("split", root, "--intact", "--episodes", "1-5", "--out", copy)
    assert done.exit_code == 0, done.output
    assert "holds other values than 0 and 1" in " ".join(done.stderr.split())
    assert differences(copy) == []
    with open_dataset(copy) as dataset:
        assert dataset.rows(0, ["next.reward"])["next.reward"].to_pylist() == [-1, -1, -1, 0]
    said = run("split", root, "--intact", "--unlabeled", "zero", "--out", tmp_path / "zero")
    assert said.exit_code == 0, said.output
