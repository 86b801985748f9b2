"""`labeler split --intact` of a recording that its recorder did not close."""

import shutil

import pytest

from labeler.dataset import open_dataset
from tests.broken.edit import data
from tests.labeler.cli.test_broken_recordings import assert_two_sentences
from tests.labeler.storage.recording.test_rescuing import without_footer
from tests.snapshot import snapshot

LENGTHS = (6, 5, 4)


@pytest.fixture
def root(make_recording):
    place = make_recording("v3.0", LENGTHS, size=(32, 32))
    shutil.rmtree(place / "meta/episodes")
    without_footer(data(place))
    return place


def test_inspect_names_the_command_that_saves_it(root, run) -> None:
    done = run("inspect", root)
    assert done.exit_code == 3
    assert f"`labeler split {root} --intact --out DIR`" in " ".join(done.stderr.split())
    assert done.stdout == "3 of 3: episodes 0-2, 15 frames.\n"


def test_inspect_says_nothing_of_episodes_where_none_is_whole(root, run) -> None:
    for path in root.rglob("*.mp4"):
        path.unlink()
    done = run("inspect", root)
    assert (done.exit_code, done.stdout) == (3, "")


def test_its_episodes_are_written_as_a_recording(root, run, tmp_path) -> None:
    before, out = snapshot(root), tmp_path / "whole"
    tried = run("split", root, "--intact", "--out", out, "--dry-run")
    assert tried.exit_code == 0 and "3 of 3: episodes 0-2, 15 frames." in tried.stdout
    assert "Nothing was written." in tried.stdout and not out.exists()
    done = run("split", root, "--intact", "--out", out)
    assert done.exit_code == 0, done.output
    assert "was not closed by its recorder" in done.stderr
    with open_dataset(out) as dataset:
        assert dataset.lengths.tolist() == list(LENGTHS)
    assert run("inspect", out).exit_code == 0
    assert snapshot(root) == before


def test_what_is_there_already_is_replaced_only_if_it_was_written_so(root, run, tmp_path) -> None:
    out = tmp_path / "whole"
    out.mkdir()
    (out / "mine.txt").write_text("x")
    assert run("split", root, "--intact", "--out", out).exit_code == 5
    assert (out / "mine.txt").read_text() == "x"
    other = tmp_path / "other"
    assert run("split", root, "--intact", "--out", other).exit_code == 0
    assert run("split", root, "--intact", "--out", other).exit_code == 0


def test_episodes_without_all_their_images_are_told(root, run, tmp_path, make_recording) -> None:
    with_files = make_recording(
        "v3.0", LENGTHS, size=(32, 32), name="files", episodes_per_video_file=(1,)
    )
    shutil.rmtree(with_files / "meta/episodes")
    without_footer(data(with_files))
    sorted(with_files.rglob("*.mp4"))[2].unlink()
    done = run("split", with_files, "--intact", "--out", tmp_path / "whole")
    assert "2 of 3: episodes 0-1, 11 frames." in done.stdout
    assert "Of 1 further episode there are rows, but not all images." in done.stderr


@pytest.mark.parametrize(
    "more", ["--episodes 0", "--trim", "--unlabeled drop", "--rename-camera a=b", "--state success"]
)
def test_other_conditions_wait_until_there_are_episodes(root, run, tmp_path, more) -> None:
    done = run("split", root, "--intact", *more.split(), "--out", tmp_path / "whole")
    assert done.exit_code == 2
    assert_two_sentences(done)
    assert not (tmp_path / "whole").exists()
