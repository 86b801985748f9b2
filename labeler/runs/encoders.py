"""Whether an encoder is on this machine, found out without the Hub's library and without asking it.

The window imports nothing that could reach for a network, and a training that lacks its encoder
is better not begun.
"""

import os
from pathlib import Path

_FILES = ("config.json", "model.safetensors")


def has_encoder(name: str) -> bool:
    """Whether a training with this `reward_model.model_name` would find its encoder here.

    A path that exists counts: what is wrong with it is the trainer's to say.
    """
    from classifier.config import RANDOM  # with all settings, which a window opens without

    if name == RANDOM or Path(name).expanduser().exists():
        return True
    folder = hub_cache() / f"models--{name.replace('/', '--')}"
    return any(all((one / file).exists() for file in _FILES) for one in folder.glob("snapshots/*"))


def hub_cache() -> Path:
    """Where files of the Hub are kept (huggingface_hub: constants.py, HF_HUB_CACHE)."""
    home = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    hf_home = os.environ.get("HF_HOME", f"{home}/huggingface")
    older = os.environ.get("HUGGINGFACE_HUB_CACHE", f"{hf_home}/hub")
    place = os.environ.get("HF_HUB_CACHE", older)
    return Path(os.path.expandvars(place)).expanduser()
