"""A run that solves the convex problem: what it writes, says, and goes on from."""

import itertools
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file

from classifier.checkpoint import load_checkpoint
from classifier.config import TrainConfig
from classifier.convex import STRENGTHS
from classifier.probabilities import predictions
from classifier.train import preflight
from classifier.train.preflight import prepare
from labeler.dataset import open_dataset
from labeler.errors import LabelerError
from tests.classifier.runs import LENGTHS, numbers, small, trained


def convex(recording, folder, **changes):
    """Frames as they are: with the random views of other tests training goes step by step."""
    return small(recording, folder, train__views=0, **changes)


@pytest.fixture(scope="module")
def finished(recording, tmp_path_factory):
    folder = tmp_path_factory.mktemp("convex")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABELER_CACHE", str(folder / "cache"))
        return trained(convex(recording, folder / "run"))


def weights(folder, name):
    return load_file(folder / "checkpoints" / name / "pretrained_model" / "model.safetensors")


def test_a_step_is_a_strength_and_the_chosen_one_is_the_best(finished) -> None:
    result, told = finished
    steps = [e for e in told if e.event == "step" and e.fold is None and not e.refit]
    assert [event.step for event in steps] == list(range(1, result.finished.step + 1))
    assert result.finished.best_step == result.finished.step <= len(STRENGTHS)
    losses = [event.loss for event in steps]
    assert losses == sorted(losses, reverse=True), "less regularised, training frames fit better"
    best = [event.best for event in told if event.event == "evaluation"]
    assert best == [False] * (len(steps) - 1) + [True]
    names = [name for name, _ in itertools.groupby(event.event for event in told)]
    assert names[:3] == ["warning", "started", "encoding"] and names[-1] == "finished"


def test_no_seed_changes_what_is_said_of_an_episode_that_was_not_seen(
    finished, recording, tmp_path
) -> None:
    result, _ = trained(convex(recording, tmp_path / "run", seed=77))
    tables = [pq.read_table(run.folder / "probabilities.parquet") for run in (finished[0], result)]
    folds, probabilities = (
        [table[name].to_numpy() for table in tables] for name in ("fold", "probability")
    )
    assert len(set(folds[0])) == len(LENGTHS), "each episode is held out by itself"
    assert (folds[0] == folds[1]).all()
    np.testing.assert_allclose(*probabilities, atol=1e-6)


def test_a_small_recording_is_learnt_from_under_changes_too(
    recording, tmp_path, monkeypatch
) -> None:
    assert sum(LENGTHS) <= 500
    config = convex(recording, tmp_path / "run")
    assert prepare(config).views == 1
    for changes in ({"suggestions_only": True, "folds": 2}, {"method": "network"}):
        section = config.train.model_copy(update=changes)
        assert prepare(config.model_copy(update={"train": section})).views == 0
    monkeypatch.setenv("LABELER_CACHE", str(tmp_path / "cache"))
    _, told = trained(config)
    encoded = [event for event in told if event.event == "encoding"]
    assert encoded[-1].done == encoded[-1].total == 2 * sum(LENGTHS)
    monkeypatch.setattr(preflight, "_MOST_CHANGED", sum(LENGTHS) - 1)
    assert prepare(config).views == 0


def test_threshold_and_figures_are_those_of_all_episodes_each_held_out(finished, recording) -> None:
    result, _ = finished
    assert result.evaluation.basis == "out_of_fold"
    assert set(result.evaluation.scored.episodes.tolist()) == set(range(len(LENGTHS)))
    for name in ("best", "last", "refit"):
        contract = load_checkpoint(result.folder / "checkpoints" / name).contract
        assert contract.threshold == result.evaluation.threshold.threshold
        found = contract.figures["accuracy"]
        assert (
            found == result.evaluation.out_of_fold.accuracy == result.finished.figures["accuracy"]
        )
    table = pq.read_table(result.folder / "probabilities.parquet")
    assert len(table) == sum(LENGTHS)
    report = json.loads((result.folder / "report.json").read_text())
    assert report["basis"] == "out_of_fold"


def test_the_report_says_how_far_probabilities_mean_what_they_say(finished) -> None:
    result, _ = finished
    found = json.loads((result.folder / "report.json").read_text())["calibration"]
    scored = result.evaluation.scored
    squares = (scored.probabilities - scored.labels) ** 2
    assert found["brier"] == pytest.approx(squares.mean()) and found["temperature"] > 0
    assert sum(one["frames"] for one in found["bins"]) == len(scored)
    page = (result.folder / "report.html").read_text()
    assert "<h3>Calibration</h3>" in page and "Reliability" in page


def test_the_checkpoint_gives_the_probabilities_of_the_run(finished, recording) -> None:
    """Those of the held-out episodes, which the report names, too."""
    result, told = finished
    model = load_checkpoint(result.folder / "checkpoints" / "best").model
    report = json.loads((result.folder / "report.json").read_text())
    held_out = report["split"]["held_out"]
    with open_dataset(recording) as dataset:
        found = dict(predictions(model, dataset, held_out))
        rewards = {e: dataset.rows(e, ["next.reward"])["next.reward"].to_numpy() for e in held_out}
    right = np.concatenate([(found[e] > 0.5) == (rewards[e] > 0) for e in held_out]).mean()
    said = [event.accuracy for event in told if event.event == "evaluation"][-1]
    assert said == pytest.approx(right, abs=1e-6)


def test_seeds_change_nothing_but_who_is_held_out(finished, recording, tmp_path) -> None:
    """With the same folds, all labelled frames have one solution."""
    again, _ = trained(convex(recording, tmp_path / "again"))
    other, _ = trained(convex(recording, tmp_path / "other", seed=7))
    assert numbers(again.folder) == numbers(finished[0].folder)
    first, second, third = (weights(r.folder, "refit") for r in (finished[0], again, other))
    assert all(torch.equal(first[name], second[name]) for name in first)
    if other.finished.step == again.finished.step:
        # The last layer has the calibration, for which other folds are other observations.
        rest = [name for name in first if not name.startswith("classifier_head.4.")]
        assert all(torch.allclose(first[n], third[n], atol=1e-6) for n in rest)


@pytest.mark.parametrize("step", [1, 3])
def test_a_stopped_run_is_resumed_to_the_same_end(finished, recording, tmp_path, step) -> None:
    config = convex(recording, tmp_path / "run")
    stopped, _ = trained(config, stop_at=step)
    assert stopped.finished.reason == "stopped" and stopped.finished.step == step
    resumed, _ = trained(config.model_copy(update={"resume": True}))
    assert resumed.finished.reason == "steps"
    assert numbers(resumed.folder) == numbers(finished[0].folder)
    for name in ("best", "last", "refit"):
        own, wanted = weights(resumed.folder, name), weights(finished[0].folder, name)
        assert all(torch.equal(own[key], wanted[key]) for key in wanted)


def test_settings_of_steps_are_said_to_do_nothing(recording) -> None:
    def said(**changes):
        prepared = prepare(small(recording, **changes))
        prepared.dataset.close()
        return [note for note in prepared.notes if "convex" in note]

    (note,) = said(train__views=0, steps=7, reward_model__learning_rate=1e-4)
    assert "steps" in note and "reward_model.learning_rate" in note
    usual = TrainConfig.model_fields["batch_size"].default
    (note,) = said(train__views=0, steps=7, batch_size=usual)
    assert "batch_size" not in note, "a window gives every setting, also as it is by itself"
    (note,) = said(train__views=0, steps=7, batch_size=usual + 1)
    assert "batch_size" in note
    assert not said(train__views=0, train__method="network", steps=7)
    assert not said(steps=7), "random views are for training step by step"


def test_features_that_are_no_numbers_are_refused(recording, tmp_path, monkeypatch) -> None:
    from classifier.features import FeatureBank

    gather = FeatureBank.gather
    monkeypatch.setattr(
        FeatureBank, "gather", lambda *given: [found * np.nan for found in gather(*given)]
    )
    with pytest.raises(LabelerError, match="not finite numbers"):
        trained(convex(recording, tmp_path / "run"))
