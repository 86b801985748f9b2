"""Device."""

import os

import torch

from labeler.cures import ChooseDevice
from labeler.errors import UsageError

_CURE = ChooseDevice(setting="reward_model.device")
_DEVICES = {"cuda": "NVIDIA or AMD graphics card", "mps": "Apple graphics processor"}


def choose_device(wanted: str | None) -> torch.device:
    """The device that is asked for, or the fastest one there is.

    ROCm's build of PyTorch calls AMD cards `cuda`, too.

    Raises:
        UsageError: it does not exist on this machine.
    """
    if wanted in (None, "auto"):
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(str(wanted))
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = _reason(str(wanted), error)
        raise UsageError(f"The device {wanted} is not available here: {reason}.", _CURE) from error
    return device


def _reason(wanted: str, error: Exception) -> str:
    kind = wanted.split(":")[0]
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there.get(kind, True):
        return f"PyTorch finds no {_DEVICES[kind]}"
    first = str(error).splitlines()[0]
    if first.startswith("Expected one of "):  # and then 19 names, of which most exist nowhere
        return "PyTorch knows no such device"
    return first.split(". ")[0].rstrip(".")[:150]


def device_sentence(device: torch.device) -> str:
    """What is said about the device."""
    if device.type == "cuda":
        return f"Device: {device.type} ({torch.cuda.get_device_name(device)})"
    if device.type == "cpu":
        return f"Device: cpu, {torch.get_num_threads()} of {os.cpu_count()} cores"
    return f"Device: {device.type}"


def use_threads(wanted: int | None) -> None:
    """Limit the CPU threads that PyTorch computes with."""
    if wanted is not None:
        torch.set_num_threads(wanted)
