"""The loop moves what it should, repeats itself, and stops when it should."""

import itertools
from contextlib import closing

import numpy as np
import pytest
import torch

from classifier.cli.cures import hint
from classifier.config import settings_of
from classifier.train.loss import loss_of
from classifier.train.network_training import NetworkFit, Watcher, batches, learning_rate
from classifier.train.preflight import prepare
from labeler.errors import LabelerError
from tests.classifier.runs import fitting, small


def weights(fit: NetworkFit) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in fit.model.state_dict().items()}


def moved(before: dict[str, torch.Tensor], fit: NetworkFit) -> set[str]:
    after = fit.model.state_dict()
    return {name for name, tensor in before.items() if not torch.equal(tensor, after[name])}


@pytest.mark.parametrize("standardize", [True, False])
def test_everything_but_the_encoder_is_trained(recording, standardize) -> None:
    with fitting(small(recording, steps=4, train__standardize=standardize)) as fit:
        before = weights(fit)
        fit.run()
        with_gradient = {n for n, p in fit.model.named_parameters() if p.grad is not None}
        parameters = fit.model.named_parameters()
        nowhere = [n for n, p in parameters if p.grad is not None and not p.grad.any()]
    above = {name for name in before if not name.startswith("encoder.")}
    assert any(".1.kernel" in name for name in above)
    assert moved(before, fit) == with_gradient == above
    assert nowhere == []


def test_the_encoder_is_trained_when_asked_to(recording) -> None:
    changes = {"train__unfreeze": True, "train__views": 0, "train__encoder_learning_rate": 1e-2}
    with fitting(small(recording, steps=2, **changes)) as fit:
        before = weights(fit)
        rates = [(len(group.parameters), group.scale) for group in fit.optimizer.groups]
        fit.run()
    assert moved(before, fit) == set(before)
    assert rates[1] == (36, pytest.approx(10))


def test_trainings_of_the_encoder_do_not_share_it(recording) -> None:
    """Else a fold would begin with an encoder that has seen what the fold holds out."""
    prepared = prepare(small(recording, train__unfreeze=True))
    with closing(prepared.dataset):
        one, other = prepared.new_model(), prepared.new_model()
        before = {name: tensor.clone() for name, tensor in other.state_dict().items()}
        torch.nn.init.zeros_(one.encoder.embedder[0].weight)
        third = prepared.new_model()
    for model in (other, third):
        assert all(torch.equal(tensor, before[n]) for n, tensor in model.state_dict().items())


def test_the_same_seed_gives_the_same_weights_and_another_one_others(recording) -> None:
    ends = []
    for seed in (1, 1, 2):
        with fitting(small(recording, seed=seed, steps=6)) as fit:
            fit.run()
            ends.append(weights(fit))
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])
    assert not torch.equal(ends[0]["classifier_head.0.weight"], ends[2]["classifier_head.0.weight"])


@pytest.mark.parametrize("step", [1, 3, 4, 7])
def test_a_training_resumed_at_any_step_ends_with_the_same_bits(recording, step) -> None:
    config = small(recording, steps=9)
    with fitting(config) as whole:
        whole.run()
    stopped = Watcher()
    with fitting(config, stopped) as part:
        stopped.stopped = lambda: part.progress.step == step
        assert part.run() == "stopped"
        snapshot, best = part._snapshot(), part.best
    with fitting(config) as rest:
        rest.resume(snapshot, best)
        assert rest.run() == "steps"
    assert all(torch.equal(v, rest.model.state_dict()[k]) for k, v in weights(whole).items())
    assert rest.progress == whole.progress
    assert rest.best is not None
    assert all(torch.equal(v, rest.best.weights[k]) for k, v in whole.best.weights.items())


def test_training_ends_after_so_many_epochs_without_a_better_loss(recording) -> None:
    # So high a rate makes the held-out loss worse after the first look.
    config = small(
        recording, train__patience=2, train__epochs=50, eval_freq=1, reward_model__learning_rate=3.0
    )
    looks = []
    watcher = Watcher(
        on_evaluation=lambda progress, scores, best: looks.append((scores.step, best))
    )
    with fitting(config, watcher) as fit:
        assert fit.run() == "early stopping"
    last_best = max(step for step, best in looks if best)
    assert fit.epoch_steps > 1  # patience is in epochs, not in looks
    assert fit.progress.step == last_best + 2 * fit.epoch_steps
    assert fit.best.progress.step == last_best == fit.progress.best_step


@pytest.mark.parametrize("eval_freq", [1, 100])
def test_a_loss_that_is_no_number_ends_training(recording, eval_freq) -> None:
    config = small(
        recording, steps=30, eval_freq=eval_freq, save_freq=1,
        reward_model__learning_rate=1e30, reward_model__grad_clip_norm=0,
    )  # fmt: skip
    kept = []
    watcher = Watcher(on_snapshot=lambda snapshot, best, due: kept.append(snapshot))
    with fitting(config, watcher) as fit, pytest.raises(LabelerError, match="became NaN") as error:
        fit.run()
    assert "learning_rate" in hint(error.value)
    for snapshot in kept:
        assert all(bool(torch.isfinite(tensor).all()) for tensor in snapshot.weights.values())


def test_weights_that_are_no_numbers_never_become_a_checkpoint(recording) -> None:
    config = small(recording, steps=9, log_freq=1, eval_freq=100, save_freq=1)
    kept = []

    def harm(progress, loss, rate) -> None:
        if progress.step == 3:
            torch.nn.init.constant_(fit.model.classifier_head[0].weight, torch.nan)

    watcher = Watcher(harm, on_snapshot=lambda snapshot, best, due: kept.append(snapshot))
    with fitting(config, watcher) as fit, pytest.raises(LabelerError, match="after step 3"):
        fit.run()
    assert [snapshot.progress.step for snapshot in kept] == [1, 2]


def test_features_that_are_infinite_end_training_at_once(recording, monkeypatch) -> None:
    with fitting(small(recording, steps=3)) as fit:
        given = fit.bank.gather
        monkeypatch.setattr(fit.bank, "gather", lambda *a: [t * torch.inf for t in given(*a)])
        with pytest.raises(LabelerError, match="after step 0"):
            fit.run()
    assert fit.best is None


def test_steps_and_frequencies_are_kept(recording) -> None:
    steps, looks, due = [], [], []
    watcher = Watcher(
        lambda progress, loss, rate: steps.append(progress.step),
        lambda progress, scores, best: looks.append(scores.step),
        lambda snapshot, best, is_due: due.append(snapshot.progress.step) if is_due else None,
    )
    config = small(recording, steps=11, log_freq=2, eval_freq=4, save_freq=5)
    with fitting(config, watcher) as fit:
        fit.run()
    assert steps == [2, 4, 6, 8, 10, 11]
    assert looks == [4, 8, 11]
    assert due == [5, 10, 11, 11]


def test_without_frequencies_everything_is_once_per_epoch(recording) -> None:
    steps, looks = [], []
    watcher = Watcher(
        lambda progress, loss, rate: steps.append(progress.step),
        lambda progress, scores, best: looks.append(scores.step),
    )
    with fitting(small(recording, train__epochs=3), watcher) as fit:
        fit.run()
        assert fit.epoch_steps == -(-len(fit.split.train) // 16)
        assert steps == looks == [fit.epoch_steps * n for n in (1, 2, 3)]


def test_balance_in_the_loss() -> None:
    targets = np.array([0] * 30 + [1] * 10)
    logits = torch.zeros(2)
    both = torch.tensor([0, 1])
    plain, balanced = (
        loss_of(targets, settings_of({"train": {"balance": balance}}).config)
        for balance in ("none", "loss")
    )
    one = float(plain(logits[:1], both[1:]))
    assert float(balanced(logits[:1], both[1:])) == pytest.approx(3 * one)
    assert float(balanced(logits[:1], both[:1])) == pytest.approx(one)
    assert plain(logits, both) == torch.nn.functional.binary_cross_entropy_with_logits(
        logits, both.float()
    )


def test_balance_of_three_classes() -> None:
    config = settings_of({"reward_model": {"num_classes": 3}}).config
    loss = loss_of(np.array([0] * 8 + [1] * 4 + [2] * 2), config)
    assert loss.weights.tolist() == [1, 2, 4]
    logits, targets = torch.randn(5, 3), torch.tensor([0, 1, 2, 2, 1])
    expected = torch.nn.functional.cross_entropy(logits, targets, weight=torch.tensor([1.0, 2, 4]))
    torch.testing.assert_close(loss(logits, targets), expected)


def drawn(config, rows, targets, first, last):
    found = list(batches(rows, targets, config, first, last))
    return np.concatenate([r for r, _ in found]), np.concatenate([v for _, v in found])


def test_an_epoch_has_every_frame_once_and_any_view() -> None:
    config = settings_of({"batch_size": 16, "train": {"views": 3}}).config
    rows, targets = np.arange(100, 150), np.arange(50) % 2
    first, views = drawn(config, rows, targets, 0, 4)
    second, _ = drawn(config, rows, targets, 4, 8)
    assert sorted(first) == sorted(second) == rows.tolist()
    assert first.tolist() != second.tolist()
    assert set(views) == {0, 1, 2, 3}
    sizes = [len(r) for r, _ in batches(rows, targets, config, 0, 4)]
    assert sizes == [16, 16, 16, 2]


def test_steps_are_the_same_wherever_a_run_begins() -> None:
    config = settings_of({"batch_size": 16}).config
    rows, targets = np.arange(50), np.arange(50) % 2
    whole = list(batches(rows, targets, config, 0, 9))
    for first in range(9):
        part = batches(rows, targets, config, first, 9)
        for (r, v), (wr, wv) in zip(part, itertools.islice(whole, first, None), strict=True):
            assert r.tolist() == wr.tolist()
            assert v.tolist() == wv.tolist()


def test_sampling_draws_rare_frames_more_often() -> None:
    config = settings_of({"batch_size": 50, "train": {"balance": "sampling"}}).config
    rows, targets = np.arange(500), (np.arange(500) < 25).astype(np.int64)
    order, _ = drawn(config, rows, targets, 0, 40)
    assert 0.45 < targets[order].mean() < 0.55


def test_schedules() -> None:
    told = {"reward_model": {"learning_rate": 0.5}, "train": {"schedule": "constant"}}
    constant = settings_of(told).config
    assert {learning_rate(constant, step, 100) for step in range(100)} == {0.5}
    told["train"]["schedule"] = "cosine"
    cosine = settings_of(told).config
    rates = [learning_rate(cosine, step, 100) for step in range(100)]
    assert rates[:2] == [0.25, 0.5]
    assert max(rates) == 0.5
    assert all(a > b for a, b in itertools.pairwise(rates[2:]))
    assert rates[-1] == pytest.approx(0.025, rel=0.02)
    assert learning_rate(cosine, 0, 1) == 0.5


def test_the_schedule_is_what_the_optimiser_gets(recording) -> None:
    rates = []
    watcher = Watcher(on_step=lambda progress, loss, rate: rates.append(rate))
    config = small(recording, steps=5, log_freq=1)
    with fitting(config, watcher) as fit:
        fit.run()
    assert rates == [learning_rate(config, step, 5) for step in range(5)]


@pytest.mark.parametrize("balance", ["loss", "sampling", "none"])
def test_what_can_be_learnt_is_learnt(recording, balance) -> None:
    config = small(
        recording, train__balance=balance, train__epochs=15, reward_model__learning_rate=5e-3,
        train__mixup=0,  # of mixtures the loss stays high
    )  # fmt: skip
    losses = []
    watcher = Watcher(on_step=lambda progress, loss, rate: losses.append(loss))
    with fitting(config, watcher) as fit:
        fit.run()
    assert losses[-1] < 0.7 * losses[0]
    assert fit.held_out.accuracy > 0.8
