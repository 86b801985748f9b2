"""Everything that `labeler check` finds in a copy."""

import json

import pytest

from tests.broken import VERSIONS
from tests.broken.edit import data, edit_column, edit_json, edit_lines, video
from tests.broken.statistics import stats
from tests.labeler.conftest import LENGTHS
from tests.snapshot import snapshot


def flip_label(copy):
    def flipped(old):
        return [*old[:-1], 1 - old[-1]]

    edit_column(data(copy), "next.reward", flipped)


def flip_byte(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def change_action(copy):
    edit_column(data(copy), "action", lambda old: [[x + 1 for x in old[0]], *old[1:]])


def drop_statistics(copy):
    if stats(copy).suffix == ".json":
        edit_json(stats(copy), lambda document: document.pop("next.reward") and document)
    else:
        edit_lines(
            stats(copy), lambda lines: [x["stats"].pop("next.reward") for x in lines] and None
        )


def stale_statistics(copy):
    def change(document):
        (document.get("stats") or document)["next.reward"]["mean"] = [0.99]

    if stats(copy).suffix == ".json":
        edit_json(stats(copy), change)
    else:
        edit_lines(stats(copy), lambda records: [change(r) for r in records] and None)


def edit_labels(copy):
    def change(document):
        document["episodes"]["0"]["success"] = [[3, 4]]

    edit_json(copy / "meta/labeler/labels.json", change)


def link(copy):
    path = video(copy)
    path.rename(copy.parent / "elsewhere.mp4")
    path.symlink_to(copy.parent / "elsewhere.mp4")


def link_rows(copy):
    path = data(copy)
    path.rename(copy.parent / "rows.parquet")
    path.symlink_to(copy.parent / "rows.parquet")


def add(name):
    return lambda copy: (copy / name).write_bytes(b"new")


DAMAGES = {
    "one label": (flip_label, "next.reward differs in 1 row"),
    "a byte of a video": (lambda copy: flip_byte(video(copy)), ".mp4 does not have the content"),
    "another column": (change_action, "columns that labels do not touch have changed"),
    "statistics missing": (drop_statistics, "next.reward are missing"),
    "statistics stale": (stale_statistics, "mean of next.reward is not that of the labels"),
    "a video missing": (lambda copy: video(copy).unlink(), ".mp4 is missing"),
    "rows missing": (lambda copy: data(copy).unlink(), ".parquet is missing"),
    "stray rows": (add("data/chunk-000/x.parquet"), "x.parquet belongs to no episode"),
    "a foreign file": (add("meta/new.json"), "meta/new.json was not written by Labeler"),
    "labels edited": (edit_labels, "labels.json does not have the content"),
    "labels missing": (lambda c: (c / "meta/labeler/labels.json").unlink(), "labels.json"),
    "labels broken": (lambda c: (c / "meta/labeler/labels.json").write_text("{"), "labels.json"),
    "record broken": (lambda c: (c / "meta/labeler/copy.json").write_text("{"), "copy.json"),
    "a link": (link, ".mp4 is a link"),
    "rows behind a link": (link_rows, ".parquet is a link"),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", DAMAGES)
def test_what_check_finds(copies, run, tmp_path, version, name):
    _, copy = copies(version)
    damage, words = DAMAGES[name]
    damage(copy)
    before = snapshot(tmp_path / "in")
    checked = run("check", copy)
    assert checked.exit_code == 6
    assert words in checked.stderr
    assert snapshot(tmp_path / "in") == before


@pytest.mark.parametrize("version", VERSIONS)
def test_a_good_copy(copies, run, version, tmp_path):
    source, copy = copies(version)
    before = snapshot(tmp_path / "in")
    assert run("check", copy).exit_code == 0
    checked = run("check", copy, "--against", source)
    assert checked.exit_code == 0
    assert f"agrees with {source}" in checked.stdout
    assert snapshot(tmp_path / "in") == before


@pytest.mark.parametrize(
    ("cameras", "depth", "following"),
    [
        ((), (), "labeler export {copy}"),
        (("observation.images.gripper",), ("observation.images.gripper",), "labeler export {copy}"),
        (
            (
                "observation.images.gripper_depth",
                "observation.images.front",
                "observation.images.b",
            ),
            ("observation.images.gripper_depth",),
            "labeler-train {copy} --camera observation.images.front",
        ),
    ],
)
def test_what_follows_names_no_training_that_would_be_refused(
    make_recording, labels, run, cameras, depth, following
):
    root = make_recording(lengths=LENGTHS, cameras=cameras)
    info = json.loads((root / "meta/info.json").read_text())
    for key in depth:
        info["features"][key]["info"]["video.is_depth_map"] = True
    (root / "meta/info.json").write_text(json.dumps(info))
    copy = root.with_name("copy")
    applied = run("apply", root, "--labels", labels, "--out", copy)
    assert applied.exit_code == 0, applied.output
    checked = run("check", copy)
    assert checked.exit_code == 0, checked.output
    assert checked.stderr.splitlines()[-1] == f"Next: {following.format(copy=copy)}"


def test_a_recording_that_changed_after_the_copy(recording, labels, run):
    root = recording()
    copy = root.with_name("recording_labeled")
    run("apply", root, "--labels", labels)
    change_action(root)
    assert run("check", copy).exit_code == 0
    checked = run("check", copy, "--against", root)
    assert checked.exit_code == 6
    assert "is not as it was when it was copied" in checked.stderr
    assert "action differs" in checked.stderr


def test_another_recording(copies, run, make_recording):
    source, copy = copies("v3.0")
    other = make_recording("v2.1", (2,), size=(32, 32))
    checked = run("check", copy, "--against", other)
    assert checked.exit_code == 6
    assert "has only 1 episode" in checked.stderr
    assert f"{other} is another recording than {source}, or has changed" in checked.stderr


def test_a_copy_may_be_moved(copies, run):
    _, copy = copies("v3.0")
    moved = copy.rename(copy.with_name("moved"))
    assert run("check", moved).exit_code == 0


def test_what_is_no_copy(recording, run, tmp_path):
    for place in (recording(), tmp_path):
        checked = run("check", place)
        assert checked.exit_code == 6
        assert "is not a copy made by Labeler" in checked.stderr
    checked = run("check", tmp_path / "none")
    assert checked.exit_code == 6
    assert f"{tmp_path / 'none'} does not exist." in checked.stderr


def test_the_record_tells_where_the_copy_is_from(copies):
    source, copy = copies("v2.1")
    record = json.loads((copy / "meta/labeler/copy.json").read_text())
    assert record["source"]["path"] == str(source)
    assert record["source"]["fingerprint"].startswith("sha256:")
