"""What `labeler doctor` asks of the trainer's process: devices, encoders on disk, the cache.

`python -m classifier.cli.environment` prints it as JSON.
"""

import json
import sys

import torch

from classifier.features import default_folder
from classifier.weights import is_here

ENCODERS = ("lerobot/resnet10", "microsoft/resnet-18", "facebook/dinov2-small")
"""Encoders that the documentation names."""


def environment() -> dict[str, object]:
    """PyTorch's version and devices, encoders whose weights are here, and the cache of frames."""
    devices = ["cpu"]
    if torch.cuda.is_available():
        devices += [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        devices.append("mps")
    cache = default_folder()
    size = sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())
    return {
        "torch": torch.__version__,
        "devices": devices,
        "encoders": [name for name in ENCODERS if is_here(name)],
        "cache": str(cache),
        "cache_bytes": size,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(environment()))
