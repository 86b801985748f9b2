"""`labeler merge` and `labeler balance`: what they say, and every way to call them wrongly."""

import json
import shutil

import pytest

from tests.broken import ALL, Found
from tests.broken.edit import data, edit_json, video
from tests.labeler.cli.test_broken_recordings import assert_two_sentences
from tests.labeler.cli.test_check_command import flip_byte, flip_label, stale_statistics
from tests.labeler.conftest import LENGTHS
from tests.snapshot import snapshot

FEW = [
    (one, one.versions[number % len(one.versions)])
    for number, one in enumerate(ALL.values())
    if one.found is not Found.REFUSED or number % 10 == 0
]
"""What opening refuses is tested with the other commands."""


@pytest.fixture(scope="session")
def others(tmp_path_factory):
    """A recording with other episodes, of every version."""
    from tests.conftest import recording_maker

    make = recording_maker(tmp_path_factory.mktemp("others"))
    return {
        version: make(
            version, (3, 4), name=f"other-{version}", size=(32, 32), reward="last", seed=100
        )
        for version in ("v2.0", "v2.1", "v3.0")
    }


@pytest.mark.parametrize(("breakage", "version"), FEW, ids=lambda case: getattr(case, "name", case))
def test_a_broken_recording_among_others(
    breakage, version, recording, others, labels, run, tmp_path
):
    root = recording(version)
    place = breakage.damage(root) or root
    before = snapshot(tmp_path / "in")
    out = tmp_path / "out" / "merged"
    words = ["--labels", "-", "--labels", labels, "--out", out]
    done = run("merge", others[version], place, *words, "--done")
    if breakage.found in (Found.REFUSED, Found.ERROR):
        assert done.exit_code in (3, 4, 5), done.output
        assert_two_sentences_or_list(done)
    elif done.exit_code == 5:  # it does not go together with the good one
        assert "The sources differ:" in done.stderr
    else:
        assert done.exit_code == 0, done.output
        assert run("check", out, "--against", place).exit_code == 0
        assert run("inspect", out).exit_code == 0
    if done.exit_code:
        assert not out.parent.exists() or not list(out.parent.iterdir())
    assert snapshot(tmp_path / "in") == before


def assert_two_sentences_or_list(result):
    if "The sources differ:\n- " not in result.stderr:
        assert_two_sentences(result)


def said(result):
    return f"{result.stdout}\n{result.stderr}"


def test_a_merge_and_its_balance(recording, others, labels, run, tmp_path):
    out = tmp_path / "merged"
    sources = [recording("v2.1"), others["v3.0"], "--labels", labels, "--labels", "-"]
    dry = run("merge", *sources, "--out", out, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert not out.exists()
    assert "would be written as LeRobot v3.0: 5 episodes" in dry.stdout
    done = run("merge", *sources, "--out", out)
    assert done.exit_code == 0, done.output
    assert 'LeRobotDataset("local/merged"' in done.stdout
    for result in (dry, done):
        rows = [line.split() for line in result.stdout.splitlines()]
        # 9 of 12 and 2 of 7 frames
        assert ["recording", "3", "3", "—", "—", "—", "12", "75.0%"] in [row[:8] for row in rows]
        assert ["total", "5", "5", "—", "—", "—", "19", "57.9%"] in [row[:8] for row in rows]
    balance = run("balance", *sources)
    assert balance.exit_code == 0
    assert balance.stdout.splitlines()[0] == dry.stdout.splitlines()[0]
    assert run("check", out).exit_code == 0


def test_json(recording, others, run, tmp_path):
    sources = [recording("v3.0"), others["v3.0"]]
    told = json.loads(run("balance", *sources, "--json").stdout)
    assert told["format"] == "labeler-balance"
    assert [one["success"] for one in told["sources"]] == [3, 2]
    assert told["total"]["success_share"] == pytest.approx(5 / 19)
    told = json.loads(run("merge", *sources, "--out", tmp_path / "m", "--json").stdout)
    assert told["written"] is True
    assert told["episodes"] == 5
    assert told["frames"] == sum(LENGTHS) + 7
    assert told["balance"]["total"]["episodes"] == 5


def test_a_collection_file(recording, others, labels, run, tmp_path):
    root = recording("v3.0", "day")
    sources = [
        {"root": str(root.relative_to(tmp_path)), "labels": labels.name, "tags": ["sun"]},
        {"root": str(others["v3.0"]), "name": "night", "episodes": "1", "tags": ["lamp"]},
    ]
    spec = tmp_path / "spec.json"
    head = {"format": "labeler-collection", "version": 1}
    spec.write_text(json.dumps({**head, "sources": sources}))
    done = run("merge", spec, "--out", tmp_path / "merged")
    assert done.exit_code == 0, done.output
    assert "lamp" in done.stdout
    record = json.loads((tmp_path / "merged/meta/labeler/merge.json").read_text())
    assert [one[0] for one in record["episodes"]] == ["day"] * 3 + ["night"]
    assert record["episodes"][3][:4] == ["night", 1, 0, 4]
    assert [one["labels"] for one in record["sources"]] == [str(labels), "next.reward"]


def test_a_merge_file_of_users(recording, others, run, tmp_path):
    places = {"grasp": recording("v3.0", "day"), "negative": others["v3.0"]}
    for name, root in places.items():
        count = 3 if name == "grasp" else 2
        episodes = {str(e): {"success_start": 1} if name == "grasp" else None for e in range(count)}
        content = {"dataset_path": str(root), "episodes": episodes}
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    spec = tmp_path / "merge.json"
    spec.write_text(json.dumps({"output_repo_id": "me/reward", "sources": list(places)}))
    done = run("merge", spec, "--out", tmp_path / "merged")
    assert done.exit_code == 0, done.output
    assert "me/reward" in done.stderr
    exported = tmp_path / "cutoffs.json"
    assert run("export", tmp_path / "merged", "--to", "cutoffs", "--out", exported).exit_code == 0
    assert list(json.loads(exported.read_text()).values()) == [1, 1, 1, None, None]


def test_what_is_called_wrongly(recording, others, labels, run, tmp_path):
    root, other, out = recording("v3.0"), others["v3.0"], tmp_path / "out"
    spec = tmp_path / "spec.json"
    spec.write_text('{"format": "labeler-collection", "version": 1, "sources": [{"root": "no"}]}')
    taken, foreign = tmp_path / "taken", tmp_path / "other labels.json"
    (taken / "x").mkdir(parents=True)
    own = {"length": 4, "state": "never"}
    head = {"format": "labeler-labels", "version": 1, "dataset": {"fingerprint": "sha256:0"}}
    foreign.write_text(json.dumps({**head, "episodes": {"0": own}}))
    longer = tmp_path / "longer.json"
    longer.write_text('{"0": 1, "7": 1}')
    cases = [
        ([root, other, "--labels", labels, "--out", out], 2, "Recordings: 2, --labels: 1"),
        ([spec, other, "--out", out], 2, "is a file; it already names all sources"),
        ([spec, "--labels", labels, "--out", out], 2, "is a file; it already names all sources"),
        ([spec, "--out", out], 3, "no does not exist"),
        ([tmp_path / "nothing", other, "--out", out], 3, "nothing does not exist"),
        ([root, other, "--out", root], 5, "is the recording itself"),
        ([root, other, "--out", root / "data/merged"], 5, "lies inside the recording"),
        ([root, other, "--out", root.parent], 5, "holds the recording"),
        ([root, other, "--out", taken], 5, "exists already"),
        ([root, other, "--out", labels], 5, "is a file"),
        ([root, other, "--out", tmp_path / "x_old"], 5, "ends in '_old'"),
        ([root, other, "--drop", "front", "--out", out], 2, "No source has a camera"),
        ([root, other, "--labels", foreign, "--labels", "-", "--unlabeled", "drop", "--out", out],
         5, "is not the recording these labels were made on"),
        ([root, other, "--labels", longer, "--labels", "-", "--out", out], 4, "does not exist"),
        ([root, root, "--out", out], 5, "episodes 0-2 are in recording, too"),
        ([root, other, "--frames-from", "3", "--labels", labels, "--labels", "-", "--out", out],
         2, "Frames cannot be counted from 3"),
    ]  # fmt: skip
    before = snapshot(tmp_path / "in"), snapshot(other)
    for words, code, sentence in cases:
        done = run("merge", *words)
        assert done.exit_code == code, f"{words}\n{done.output}"
        assert sentence in done.stderr
        assert_two_sentences(done)
        assert not out.exists()
    assert (snapshot(tmp_path / "in"), snapshot(other)) == before


def test_differences_are_all_named_at_once(recording, make_recording, run, tmp_path):
    root = recording("v3.0")
    other = make_recording(
        "v3.0", (4,), name="small", size=(24, 24), fps=5, robot_type="x", reward="last", seed=9
    )
    done = run("merge", root, other, "--out", tmp_path / "m")
    assert done.exit_code == 5
    lines = done.stderr.splitlines()
    assert lines[0] == "labeler: The sources differ:"
    assert [line.split(":")[0] for line in lines[1:4]] == [
        "- fps", "- robot_type", "- observation.images.gripper"
    ]  # fmt: skip
    assert "32×32 video in recording; 24×24 video in small" in lines[3]


def test_duplicates_by_choice(recording, others, run, tmp_path):
    root = recording("v3.0")
    copy = shutil.copytree(root, tmp_path / "in/copy")
    for choice, episodes in (("drop", 5), ("keep", 8)):
        out = tmp_path / choice
        done = run("merge", root, others["v3.0"], copy, "--duplicates", choice, "--out", out)
        assert done.exit_code == 0, done.output
        assert "3 duplicate episodes are" in done.stderr
        assert json.loads((out / "meta/info.json").read_text())["total_episodes"] == episodes
        assert run("check", out, "--against", root).exit_code == 0


def test_duplicates_with_other_labels_are_named_and_counted_as_written(recording, run, tmp_path):
    root, twin = recording(), recording(name="twin")
    cutoffs = {"mine": {"0": 1, "1": 0, "2": 2}, "theirs": {"0": 1, "1": 2, "2": None}}
    for name, values in cutoffs.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(values))
    words = ["--labels", tmp_path / "mine.json", "--labels", tmp_path / "theirs.json"]
    for choice, which, times in (
        ("drop", "The latter count.", 1),
        ("keep", "Both are written.", 2),
    ):
        sentence = f"twin: episodes 1-2 have other labels than in recording. {which}"
        given = [root, twin, *words, "--duplicates", choice, "--out", tmp_path / choice]
        told = json.loads(run("merge", *given, "--json", "--dry-run").stdout)
        assert sentence in told["notes"]
        total = told["balance"]["total"]
        assert total["episodes"] == told["episodes"] == times * len(LENGTHS)
        assert total["frames"] == told["frames"] == times * sum(LENGTHS)
        assert total["duplicates"] == (times - 1) * len(LENGTHS)
        assert sentence in " ".join(run("merge", *given).stderr.split())


def test_undecided_episodes_that_are_left_out_are_not_counted(recording, others, run, tmp_path):
    (tmp_path / "some.json").write_text(json.dumps({"0": 1}))
    words = ["--labels", tmp_path / "some.json", "--labels", "-", "--unlabeled", "drop"]
    given = [recording(), others["v3.0"], *words, "--out", tmp_path / "out", "--json"]
    told = json.loads(run("merge", *given).stdout)
    assert told["balance"]["total"]["episodes"] == told["episodes"] == 3


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_check_finds_what_changed(recording, others, run, tmp_path, version):
    merged = tmp_path / "merged"
    sources = [recording(version), others[version]]
    assert run("merge", *sources, "--out", merged).exit_code == 0
    damages = {
        "next.reward differs in 1 row": flip_label,
        ".mp4 does not have the content": lambda root: flip_byte(video(root)),
        "mean of next.reward is not that of the labels": stale_statistics,
        ".parquet is missing": lambda root: data(root).unlink(),
        "x.parquet belongs to no episode": lambda root: (
            root / "data/chunk-000/x.parquet"
        ).write_bytes(b"new"),
        "merge.json is damaged": lambda root: (root / "meta/labeler/merge.json").write_text("{"),
    }
    for sentence, damage in damages.items():
        place = shutil.copytree(merged, tmp_path / "broken")
        damage(place)
        checked = run("check", place)
        assert checked.exit_code == 6, sentence
        assert sentence in checked.stderr
        assert "`labeler merge`" in checked.stderr
        shutil.rmtree(place)
    edit_json(sources[0] / "meta/info.json", lambda info: info | {"robot_type": "x"})
    checked = run("check", merged, "--against", sources[0])
    assert checked.exit_code == 6
    assert "is not as it was when it was copied" in checked.stderr
    checked = run("check", merged, "--against", shutil.copytree(sources[0], tmp_path / "elsewhere"))
    assert checked.exit_code == 6
    made = " and ".join(map(str, sources))
    assert f"elsewhere is another recording than {made}, or has changed" in checked.stderr


def test_no_copy_is_written_over_a_merged_dataset(recording, others, labels, run, tmp_path):
    merged = tmp_path / "merged"
    root = recording("v3.0")
    assert run("merge", root, others["v3.0"], "--out", merged).exit_code == 0
    before = snapshot(merged)
    applied = run("apply", root, "--labels", labels, "--out", merged)
    assert applied.exit_code == 5
    assert f"{merged} is a dataset that was merged from recordings" in applied.stderr
    assert snapshot(merged) == before
