"""Every column that says success can be taken for labels; an absent one says nothing."""

from pathlib import Path

import pyarrow as pa
import pytest

from classifier.cli.cures import hint as hint_of_trainer
from classifier.config import settings_of
from classifier.data import labelled_frames, labels_asked_for
from labeler.cli.cures import hint
from labeler.dataset import open_dataset
from labeler.dataset.labels_of import labels_from, labels_of
from labeler.dataset.success_columns import SuccessColumn, success_columns
from labeler.errors import LabelError, UsageError
from labeler.inspection import inspect_dataset
from labeler.labels import FrameRange, State
from tests.broken.edit import edit_info, edit_lines, edit_table, episodes, is_v3

LENGTHS = (6, 5, 4)
STARTS = (3, None, 2)
"""First frame of success of every episode."""


def says(episode: int, frame: int) -> bool:
    start = STARTS[episode]
    return start is not None and frame >= start


def with_column(root: Path, name: str, dtype: str, value, declared: str = "") -> Path:
    """Give every data file a column; `value` gets episode and frame."""

    def added(table: pa.Table) -> pa.Table:
        pairs = zip(
            table["episode_index"].to_pylist(), table["frame_index"].to_pylist(), strict=True
        )
        values = pa.array([value(*pair) for pair in pairs], getattr(pa, dtype)())
        return table.append_column(name, values)

    for path in (root / "data").rglob("*.parquet"):
        edit_table(path, added)
    feature = {"dtype": declared or dtype.rstrip("_"), "shape": [1], "names": None}
    edit_info(root, lambda info: info["features"].update({name: feature}))
    return root


def with_outcomes(root: Path, name: str, values: list) -> Path:
    def change(records: list[dict]) -> None:
        for record, value in zip(records, values, strict=True):
            record[name] = value

    if is_v3(root):
        edit_table(episodes(root), lambda table: table.append_column(name, pa.array(values)))
    else:
        edit_lines(episodes(root), change)
    return root


@pytest.fixture(params=["v2.1", "v3.0"])
def root(request, make_recording) -> Path:
    return make_recording(request.param, lengths=LENGTHS)


def ranges(labels) -> list:
    return [label.success for label in labels]


EXPECTED = [(FrameRange(3, 6),), (), (FrameRange(2, 4),)]


@pytest.mark.parametrize(
    ("name", "dtype", "value"),
    [
        ("next.success", "bool_", says),
        ("is_success", "int64", lambda e, f: int(says(e, f))),
        ("reward_classifier_label", "float32", lambda e, f: float(says(e, f))),
    ],
)
def test_a_column_per_frame(root, name, dtype, value) -> None:
    with open_dataset(with_column(root, name, dtype, value)) as dataset:
        labels = labels_from(dataset, name)
        assert ranges(labels) == EXPECTED
        assert all(label.decided for label in labels)
        with pytest.raises(LabelError, match=r"no next\.reward column") as raised:
            labels_of(dataset)
        named = SuccessColumn(name, "frame") in success_columns(dataset)
        assert named == ("success" in name)
        assert (f"--labels-from {name}" in hint(raised.value)) == named
        assert inspect_dataset(dataset).success_columns == success_columns(dataset)


@pytest.mark.parametrize(("rule", "never"), [("last", [0, 1]), ("any", [1])])
def test_an_outcome_narrows_the_work(root, rule, never) -> None:
    """Success that was lost again: by the last frame episode 0 fails, by any it succeeds."""
    with_column(root, "next.success", "bool_", lambda e, f: says(e, f) and (e, f) != (0, 5))
    with open_dataset(root) as dataset:
        labels = labels_from(dataset, "next.success", rule)
    states = [label.state for label in labels]
    assert [e for e, state in enumerate(states) if state is State.NEVER] == never
    assert set(states) == {State.NEVER, State.UNLABELED}


@pytest.mark.parametrize("name", ["success", "is_success", "is_episode_successful"])
@pytest.mark.parametrize("values", [[True, False, True], [1, 0, 1], [1.0, 0.0, 1.0]], ids=str)
def test_outcomes_in_the_list_of_episodes(root, name, values) -> None:
    with open_dataset(with_outcomes(root, name, values)) as dataset:
        assert success_columns(dataset) == (SuccessColumn(name, "episode"),)
        labels = labels_from(dataset, name)
    states = [label.state for label in labels]
    assert states == [State.UNLABELED, State.NEVER, State.UNLABELED]


def test_absent_values_and_columns_say_nothing(root, make_recording) -> None:
    missing = pytest.raises(LabelError, match=r"has no column next\.success")
    with open_dataset(root) as dataset, missing:
        labels_from(dataset, "next.success")
    with_outcomes(root, "success", [True, None, False])
    with open_dataset(root) as dataset:
        with pytest.raises(LabelError, match="no value, or none that is a number, in episode 1"):
            labels_from(dataset, "success")
        with pytest.raises(LabelError, match=r"has no column succes\.") as raised:
            labels_from(dataset, "succes")
        assert "success (per episode)" in hint(raised.value)


def test_a_declared_column_that_a_file_lacks_says_nothing(root) -> None:
    feature = {"dtype": "bool", "shape": [1], "names": None}
    edit_info(root, lambda info: info["features"].update({"next.success": feature}))
    missing = pytest.raises(LabelError, match=r"has no column next\.success, which meta/info")
    with open_dataset(root) as dataset, missing:
        labels_from(dataset, "next.success")


REWARDS = [
    ("0 and -1", lambda e, f: 0.0 if says(e, f) else -1.0, "-0.5"),
    ("0 and 100", lambda e, f: 100.0 * says(e, f), "50"),
    ("a penalty per step", lambda e, f: (10.0 if says(e, f) else 0.0) - 0.1, "4.9"),
]


@pytest.mark.parametrize(("what", "value", "example"), REWARDS, ids=lambda given: str(given)[:9])
def test_other_rewards_need_a_threshold_that_is_named(root, what, value, example) -> None:
    with open_dataset(with_column(root, "next.reward", "float32", value)) as dataset:
        with pytest.raises(LabelError, match="other values than 0 and 1") as raised:
            labels_of(dataset)
        assert f"--reward-above {example}" in hint(raised.value)
        assert f"--train.reward_above={example}" in hint_of_trainer(raised.value)
        assert ranges(labels_of(dataset, float(example))) == EXPECTED


def test_training_takes_a_column(root) -> None:
    with_column(root, "next.success", "bool_", says)
    with_outcomes(root, "outcome", [1, 0, 1])

    def targets(**train) -> dict[int, list[int]]:
        config = settings_of({"train": train}).config
        with open_dataset(root) as dataset:
            labels, notes = labels_asked_for(dataset, config)
            frames = labelled_frames(dataset, labels, config)
        assert notes[0].startswith("Labels are those of the column")
        return {e: frames.targets[frames.episodes == e].tolist() for e in frames.episode_list()}

    assert targets(labels_from="next.success") == {
        e: [int(says(e, f)) for f in range(n)] for e, n in enumerate(LENGTHS)
    }
    with pytest.raises(LabelError, match="All 5 labelled frames are failure"):
        targets(labels_from="outcome")
    with pytest.raises(UsageError, match="with a label file"):
        targets(labels_from="next.success", labels="x.json")


def test_commands_take_a_column(root, run, tmp_path) -> None:
    with_column(root, "next.success", "bool_", says)
    said = run("inspect", root)
    assert "next.success (per frame) may say success, see --labels-from" in " ".join(
        said.output.split()
    )
    done = run("export", root, "--labels-from", "next.success", "--to", "cutoffs")
    assert done.exit_code == 0, done.output
    assert done.stdout.split() == ["{", '"0":', "3,", '"1":', "null,", '"2":', "2", "}"]
    copy = tmp_path / "copy"
    done = run("apply", root, "--labels-from", "next.success", "--out", copy)
    assert done.exit_code == 0, done.output
    with open_dataset(copy) as dataset:
        assert ranges(labels_of(dataset)) == EXPECTED
    both = run("apply", root, "--labels-from", "next.success", "--labels", "x.json")
    assert both.exit_code == 2 and "Leave out one of the two" in both.stderr


def test_outcomes_are_said_to_wait(root, run) -> None:
    with_outcomes(root, "success", [True, False, True])
    done = run("export", root, "--labels-from", "success")
    assert done.exit_code == 0, done.output
    told = " ".join(done.stderr.split())
    assert "1 never do, 2 wait for their frame of success" in told
    refused = run("apply", root, "--labels-from", "success", "--out", root.with_name("copy"))
    assert refused.exit_code == 4 and not root.with_name("copy").exists()


def test_no_range_at_all_says_never(root, tmp_path, run) -> None:
    file = tmp_path / "ranges.json"
    file.write_text('{"0": {"success_ranges": [[3, null]]}, "1": {"success_ranges": []}}')
    done = run("export", root, "--labels", file, "--to", "cutoffs")
    assert done.exit_code == 0, done.output
    assert done.stdout.split() == ["{", '"0":', "3,", '"1":', "null", "}"]
