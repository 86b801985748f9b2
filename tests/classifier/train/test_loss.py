"""Frames and what is learnt of them are mixed by the same share, the same in every run."""

import numpy as np
import pytest
import torch

from classifier.config import settings_of
from classifier.train.loss import loss_of, mixture_of
from tests.classifier.runs import fitting, small

CPU = torch.device("cpu")


def config_of(**train: object):
    return settings_of({"train": train}, "a test").config


def test_without_a_share_there_is_no_mixture() -> None:
    assert mixture_of(config_of(mixup=0), 3, 8, CPU) is None


def test_a_step_is_mixed_the_same_way_in_every_run_and_every_step_otherwise() -> None:
    config = config_of()
    one, again, other = (mixture_of(config, step, 16, CPU) for step in (5, 5, 6))
    assert one is not None and again is not None and other is not None
    assert torch.equal(one.partner, again.partner) and one.share == again.share
    assert one.share != other.share and not torch.equal(one.partner, other.partner)
    assert sorted(one.partner.tolist()) == list(range(16))
    shares = [mixture_of(config, step, 2, CPU).share for step in range(400)]
    assert 0 < min(shares) < 0.05 < 0.45 < np.mean(shares) < 0.55 < 0.95 < max(shares) < 1


def test_inputs_of_every_camera_and_targets_are_mixed_alike() -> None:
    mixture = mixture_of(config_of(), 1, 4, CPU)
    assert mixture is not None
    first, second = torch.rand(4, 3, 2, 2), torch.rand(4, 5)
    for mixed, given in zip(mixture.of([first, second]), (first, second), strict=True):
        for row, partner in enumerate(mixture.partner.tolist()):
            wanted = mixture.share * given[row] + (1 - mixture.share) * given[partner]
            assert torch.allclose(mixed[row], wanted, atol=1e-6)


def test_the_loss_is_that_of_mixed_targets() -> None:
    config, logits = config_of(), torch.randn(6)
    mixture = mixture_of(config, 2, 6, CPU)
    assert mixture is not None
    targets = torch.tensor([0, 1, 1, 0, 0, 1])
    loss = loss_of(np.array([0, 0, 0, 1]), config)
    soft = mixture.share * targets + (1 - mixture.share) * targets[mixture.partner]
    weight = torch.tensor(3.0)
    wanted = torch.nn.functional.binary_cross_entropy_with_logits(logits, soft, pos_weight=weight)
    assert mixture.loss(loss, logits, targets) == pytest.approx(float(wanted), rel=1e-5)


def test_it_changes_what_is_learnt(recording) -> None:
    kernels = []
    for share in (0.0, 1.0):
        with fitting(small(recording, steps=3, train__mixup=share)) as fit:
            fit.run()
            kernels.append(fit.model.state_dict()["classifier_head.0.weight"].clone())
    assert not torch.equal(*kernels)


def test_mixed_precision_trains_weights_of_full_precision(recording) -> None:
    seen = []
    with fitting(small(recording, steps=6, reward_model__use_amp=True)) as fit:
        layer = fit.model.classifier_head[0]
        layer.register_forward_hook(lambda module, given, out: seen.append(out.dtype))
        before = layer.weight.detach().clone()
        fit.run()
        assert torch.bfloat16 in seen
        assert {parameter.dtype for parameter in fit.model.parameters()} == {torch.float32}
        assert not torch.equal(before, layer.weight)
        assert fit.best is not None
        assert {tensor.dtype for tensor in fit.best.weights.values()} == {torch.float32}
