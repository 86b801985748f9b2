"""The device that is asked for, or the best there is; what is missing is said in one sentence."""

import pytest
import torch

from classifier.cli.cures import hint
from classifier.train.device import choose_device, device_sentence
from labeler.errors import UsageError


def test_without_a_wish_the_fastest_device_is_taken(monkeypatch) -> None:
    for cuda, mps, expected in (
        (True, True, "cuda"),
        (False, True, "mps"),
        (False, False, "cpu"),
    ):
        monkeypatch.setattr(torch.cuda, "is_available", lambda found=cuda: found)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda found=mps: found)
        assert choose_device(None).type == choose_device("auto").type == expected


def test_the_processor_is_there_and_says_how_many_cores_are_used() -> None:
    device = choose_device("cpu")
    used = torch.get_num_threads()
    assert device_sentence(device).startswith(f"Device: cpu, {used} of ")


@pytest.mark.parametrize("name", ["cuda", "cuda:7", "mps", "xpu", "gpu", "tpu:0"])
def test_a_device_that_is_missing_is_named_with_a_cure(name) -> None:
    if name.startswith("cuda") and torch.cuda.is_available():
        pytest.skip("there is such a card")
    if name == "mps" and torch.backends.mps.is_available():
        pytest.skip("there is such a device")
    with pytest.raises(UsageError, match=f"The device {name} is not available here: ") as error:
        choose_device(name)
    assert error.value.message.endswith(".") and "\n" not in error.value.message
    assert hint(error.value) == "Leave --device out to have it chosen, or give --device cpu."
    assert error.value.cures[0].setting == "reward_model.device"
    if name.startswith("cuda"):
        assert error.value.message.endswith("PyTorch finds no NVIDIA or AMD graphics card.")


def test_a_card_is_called_by_its_name(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "AMD Radeon RX 7900")
    assert device_sentence(torch.device("cuda")) == "Device: cuda (AMD Radeon RX 7900)"
