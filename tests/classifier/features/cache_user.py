"""Processes of their own that use the cache, without waiting for torch to be imported."""

import importlib.util
import sys
from pathlib import Path

import numpy as np

NAMES = [f"{number:02x}" * 32 for number in range(8)]
FILE = Path(__file__).parents[3] / "classifier" / "features" / "cache.py"


def array_of(number: int) -> np.ndarray:
    return np.random.default_rng(number).normal(size=(12, 8, 2, 2)).astype(np.float16)


def cache_class() -> type:
    """FeatureCache, by its file: the package would import torch."""
    spec = importlib.util.spec_from_file_location("cache_alone", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "torch" not in sys.modules
    return module.FeatureCache


def use(folder: Path, rounds: int, wrong) -> None:
    """Write, read and trim; names of wrong entries are told, and "" at the end."""
    cache = cache_class()(folder, 1 << 15)
    for turn in range(rounds):
        number = turn % len(NAMES)
        cache.put(NAMES[number], array_of(number))
        for other, name in enumerate(NAMES):
            found = cache.get(name)
            if found is not None and not np.array_equal(found, array_of(other)):
                wrong.put(name)
        cache.trim([NAMES[number]])
    wrong.put("")


if __name__ == "__main__":
    endless = cache_class()(Path(sys.argv[1]), 1 << 30)
    print("ready", flush=True)
    while True:
        for place, title in enumerate(NAMES):
            endless.put(title, array_of(place))
