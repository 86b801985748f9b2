"""What a run writes and says, from recording to report."""

import itertools
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file

from classifier.checkpoint import load_checkpoint
from classifier.config import read_settings
from classifier.features import FeatureBank
from classifier.probabilities import predictions
from classifier.train.preflight import prepare
from classifier.train.stopping import Stop, Stopped
from labeler.dataset import open_dataset
from labeler.dataset.fingerprint import fingerprint
from labeler.dataset.labels_of import labels_of
from labeler.errors import LabelerError, LabelFileError
from labeler.labels.document import to_text
from labeler.review.score_files import read_scores
from tests.classifier.conftest import GRIPPER
from tests.classifier.runs import LENGTHS, later_half, small, train, trained
from tests.snapshot import snapshot

KINDS = ("last", "refit")


@pytest.fixture(scope="module")
def finished(recording, tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    before = snapshot(recording)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABELER_CACHE", str(folder / "cache"))
        result, told = trained(small(recording, folder / "run", train__folds=3, log_freq=2))
    assert snapshot(recording) == before
    return result, told


def test_a_run_tells_what_it_does_in_order(finished) -> None:
    result, told = finished
    names = [event.event for event in told]
    assert [name for name, _ in itertools.groupby(names)][:3] == ["warning", "started", "encoding"]
    assert names[-1] == "finished"
    assert result.finished == told[-1]
    steps = [
        event.step
        for event in told
        if event.event == "step" and event.fold is None and not event.refit
    ]
    assert steps == sorted(set(steps))
    assert {event.fold for event in told if event.event == "step"} == {None, 0, 1, 2}


def test_probabilities_are_bound_to_their_recording(finished, recording) -> None:
    file = finished[0].folder / "probabilities.parquet"
    with open_dataset(recording) as dataset:
        own = fingerprint(dataset)
    assert np.isfinite(read_scores(file, LENGTHS, own).values).all()
    with pytest.raises(LabelFileError, match="another recording"):
        read_scores(file, LENGTHS, f"sha256:{'0' * 64}")
    with pytest.raises(LabelFileError, match="another recording"):
        read_scores(file, (*LENGTHS, 12), own)


def test_links_are_relative_and_mean_the_best_and_the_last(finished) -> None:
    folder, told = finished[0].folder / "checkpoints", finished[0].finished
    assert (folder / "best").readlink() == Path(f"{told.best_step:06d}")
    assert (folder / "last").readlink() == Path(f"{told.step:06d}")
    kept = {path.name for path in folder.iterdir()}
    assert kept == {"best", "last", "refit", f"{told.best_step:06d}", f"{told.step:06d}"}


def test_the_settings_are_read_back(finished, recording) -> None:
    folder = finished[0].folder
    expected = small(recording, folder, train__folds=3, log_freq=2)
    for place in (folder, folder / "checkpoints" / "best" / "pretrained_model"):
        assert read_settings(place / "train_config.json").config == expected


def test_the_checkpoint_gives_the_probabilities_of_the_run(finished, recording) -> None:
    result = finished[0]
    model = load_checkpoint(result.folder / "checkpoints" / "best").model
    judged = result.evaluation.scored
    with open_dataset(recording) as dataset:
        found = dict(predictions(model, dataset, np.unique(judged.episodes).tolist()))
    pairs = zip(judged.episodes, judged.frames, strict=True)
    again = np.array([found[episode][frame] for episode, frame in pairs])
    assert np.ptp(again) > 0.05
    np.testing.assert_allclose(again, judged.probabilities, atol=1e-3)


def test_the_threshold_of_the_checkpoint_is_that_of_the_report(finished) -> None:
    result = finished[0]
    contract = load_checkpoint(result.folder / "checkpoints" / "best").contract
    report = json.loads((result.folder / "report.json").read_text())
    assert contract.threshold == result.evaluation.threshold.threshold
    assert report["threshold"]["threshold"] == contract.threshold
    assert contract.figures["accuracy"] == report["figures"]["held_out"]["accuracy"]
    assert "<html" in (result.folder / "report.html").read_text()


def test_the_refit_knows_every_episode_and_whose_its_figures_are(finished) -> None:
    result, told = finished
    best, refit = (load_checkpoint(result.folder / "checkpoints" / n) for n in ("best", "refit"))
    assert refit.contract.refit and not best.contract.refit
    assert refit.contract.threshold == result.evaluation.threshold.threshold
    assert refit.contract.figures == best.contract.figures
    card = (result.folder / "checkpoints" / "refit" / "pretrained_model" / "README.md").read_text()
    assert "trained on every labelled episode, the held-out ones too" in card
    # As many epochs as were best: 48 frames in batches of 16 became 72.
    (written,) = [event for event in told if event.event == "checkpoint" and event.refit]
    assert written.step == round(result.finished.best_step * 72 / 60)
    assert "`refit`" in json.loads((result.folder / "report.json").read_text())["split"]["note"]


def test_the_refit_learns_from_held_out_frames_and_repeats_itself(recording, tmp_path) -> None:
    """Other labels of the held-out episode move it, and not the classifier that is judged."""
    cutoffs = {str(episode): 5 + episode % 3 for episode in range(6)}

    def weights(name: str) -> list[bytes]:
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(cutoffs))
        config = small(recording, tmp_path / name, steps=3, train__labels=str(file))
        result = trained(config)[0]
        (held_out,) = np.unique(result.evaluation.scored.episodes).tolist()
        cutoffs[str(held_out)] = 9
        inside = "pretrained_model/model.safetensors"
        return [(tmp_path / name / "checkpoints" / k / inside).read_bytes() for k in KINDS]

    first, other = weights("first"), weights("other")
    again = weights("again")
    assert first[0] == other[0]
    assert first[1] != other[1] == again[1]
    assert first[0] != first[1]


def test_a_run_without_refit(recording, tmp_path) -> None:
    config = small(recording, tmp_path / "run", steps=2, train__refit=False)
    result, told = trained(config)
    assert not (result.folder / "checkpoints" / "refit").exists()
    assert not [event for event in told if getattr(event, "refit", False)]


def test_every_frame_of_every_episode_is_judged_out_of_fold(finished) -> None:
    table = pq.read_table(finished[0].folder / "probabilities.parquet")
    places = list(zip(table["episode"].to_pylist(), table["frame"].to_pylist(), strict=True))
    assert places == [(e, f) for e, length in enumerate(LENGTHS) for f in range(length)]
    folds = np.array(table["fold"]).reshape(6, 12)
    assert (folds == folds[:, :1]).all()
    assert np.bincount(folds[:, 0]).tolist() == [2, 2, 2]
    probabilities = np.array(table["probability"])
    assert ((probabilities > 0) & (probabilities < 1)).all()
    out_of_fold = finished[0].evaluation.out_of_fold
    assert out_of_fold.frames == 72
    assert out_of_fold.positives == sum(later_half(episode).sum() for episode in range(6))


def test_a_split_by_frame_is_shown_beside_that_by_episode(recording, tmp_path) -> None:
    config = small(recording, tmp_path / "run", train__split="frame", steps=3)
    evaluation, folder = trained(config)[0].evaluation, tmp_path / "run" / "checkpoints"
    assert list(evaluation.groups()) == ["held_out", "frame_split", "training"]
    assert evaluation.held_out.frames == 12
    assert evaluation.frame_split.frames == pytest.approx(0.2 * 72, abs=1)
    best, refit = (load_checkpoint(folder / name).contract for name in ("best", "refit"))
    # What is printed of each group is what the checkpoint that judged it says of itself.
    assert best.threshold == evaluation.frame_split.threshold == evaluation.training.threshold
    assert best.figures["accuracy"] == evaluation.frame_split.accuracy
    assert refit.threshold == evaluation.held_out.threshold == evaluation.threshold.threshold
    assert refit.figures["accuracy"] == evaluation.held_out.accuracy


def test_three_classes(make_recording, tmp_path) -> None:
    def classes(episode: int) -> np.ndarray:
        return np.repeat([0, 1, 2], 4).astype(np.float32)

    root = make_recording(lengths=LENGTHS, size=(48, 64), reward=classes)
    config = small(root, tmp_path / "run", reward_model__num_classes=3, steps=8)
    result, told = trained(config)
    evaluation = result.evaluation
    assert evaluation.held_out.positives == 4, "LeRobot's robot step rewards class 1 alone"
    assert evaluation.threshold.threshold == 1 / 2 and evaluation.rule is None
    loaded = load_checkpoint(result.folder / "checkpoints" / "best")
    assert loaded.contract.threshold == 1 / 2
    assert any("likeliest class is 1" in note for note in loaded.notes)
    assert any("likeliest class is 1" in e.message for e in told if e.event == "warning")
    model = load_checkpoint(result.folder / "checkpoints" / "best").model
    assert model.classifier_head[-1].out_features == 3
    judged = result.evaluation.scored
    with open_dataset(root) as dataset:
        found = next(predictions(model, dataset, [int(judged.episodes[0])]))[1]
    np.testing.assert_allclose(found, judged.probabilities, atol=1e-3)


def test_two_cameras_in_the_order_given(two_cameras, tmp_path) -> None:
    keys = ["observation.images.side", GRIPPER]
    config = small(two_cameras, tmp_path / "run", train__cameras=keys, steps=3)
    result = trained(config)[0]
    model = load_checkpoint(result.folder / "checkpoints" / "last").model
    assert [camera.key for camera in model.cameras] == keys
    assert model.classifier_head[0].in_features == 24


@pytest.mark.parametrize("given", [None, {}, {GRIPPER: (0, 0, 16, 16)}])
def test_crops_of_the_label_file_hold_unless_others_are_given(recording, tmp_path, given) -> None:
    file, drawn = tmp_path / "labels.json", {GRIPPER: (2, 4, 20, 24)}
    with closing(open_dataset(recording)) as dataset:
        file.write_text(to_text(replace(labels_of(dataset), crops=drawn)))
    config = small(recording, train__labels=str(file), dataset__crop_params_dict=given)
    prepared = prepare(config)
    prepared.dataset.close()
    expected = (drawn if given is None else given).get(GRIPPER)
    assert [camera.crop for camera in prepared.cameras] == [expected]
    assert any("Crops are those of the label file" in note for note in prepared.notes) is (
        given is None
    )


def test_diverged_training_keeps_the_last_good_checkpoint(recording, tmp_path, monkeypatch) -> None:
    config = small(recording, tmp_path / "run", steps=12, eval_freq=2, log_freq=1)
    given, calls = FeatureBank.gather, []

    def gather(self, episodes, frames, views=None):
        calls.append(views is not None)
        broken = sum(calls) > 5
        return [
            tensor * (torch.nan if broken else 1) for tensor in given(self, episodes, frames, views)
        ]

    monkeypatch.setattr(FeatureBank, "gather", gather)
    with pytest.raises(LabelerError, match="after step 5"):
        trained(config)
    best = tmp_path / "run" / "checkpoints" / "best"
    assert best.readlink() in (Path("000002"), Path("000004"))
    tensors = load_file(best / "pretrained_model" / "model.safetensors")
    assert all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values())
    monkeypatch.undo()


def test_a_stop_while_encoding_ends_with_an_event_and_can_be_resumed(recording, tmp_path) -> None:
    config = small(recording, tmp_path / "run", steps=2)
    told, stop = [], Stop()

    def tell(event) -> None:
        told.append(event)
        if event.event == "encoding":
            stop.number = 15

    with pytest.raises(Stopped):
        train(config, tell, stop)
    assert (told[-1].event, told[-1].reason, told[-1].step) == ("finished", "stopped", 0)
    result = trained(config.model_copy(update={"resume": True}))[0]
    assert result.finished.reason == "steps"


def test_a_stop_makes_up_no_further_figures(recording, tmp_path) -> None:
    config = small(recording, tmp_path / "run", train__folds=2, log_freq=1, steps=4)
    result, told = trained(config, stop_at=2)
    assert result.finished.reason == "stopped"
    assert result.evaluation.out_of_fold is None
    assert not (tmp_path / "run" / "probabilities.parquet").exists()
    assert not [event for event in told if event.event == "step" and event.fold is not None]
    assert not (tmp_path / "run" / "checkpoints" / "refit").exists()
    again = trained(config.model_copy(update={"resume": True}))[0]
    assert again.evaluation.out_of_fold.frames == 72
    assert (tmp_path / "run" / "checkpoints" / "refit" / "pretrained_model").is_dir()


def test_without_checkpoints_there_are_figures_all_the_same(recording, tmp_path) -> None:
    config = small(recording, tmp_path / "run", steps=2, save_checkpoint=False)
    result, told = trained(config)
    assert not (result.folder / "checkpoints").exists()
    assert "checkpoint" not in [event.event for event in told]
    assert result.finished.figures["accuracy"] is not None
