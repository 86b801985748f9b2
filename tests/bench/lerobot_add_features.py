"""Run by a LeRobot environment (0.4.4 or newer): time LeRobot's own way to write `next.reward`.

    python lerobot_add_features.py ROOT OUT [--cutoff 0.5]

ROOT is a v3.0 dataset and is only read; OUT must not exist and gets LeRobot's full copy. Without a
reward column that is one `add_features`. LeRobot refuses to replace a column, so with one it takes
`remove_feature` and then `add_features`, two full copies; the first goes to OUT.removed. Only these
calls are timed, not the import of LeRobot nor the opening of ROOT. Prints one JSON:
{"lerobot", "seconds", "open_seconds", "frames", "copies", "peak_bytes"}.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

REWARD = "next.reward"
FEATURE = {"dtype": "float32", "shape": (1,), "names": None}


def rewards(dataset, cutoff):
    """Success from `cutoff` (share of the length) to the end of each episode, in file order."""
    import numpy

    table = dataset.hf_dataset.data.table
    episodes = table["episode_index"].to_numpy()
    frames = table["frame_index"].to_numpy()
    lengths = numpy.bincount(episodes)
    return (frames >= cutoff * lengths[episodes]).astype(numpy.float32)


def write(dataset, values, out):
    """LeRobot's way; the number of full copies it made."""
    from lerobot.datasets.dataset_tools import add_features, remove_feature

    copies = 1
    if REWARD in dataset.meta.features:
        removed = out.with_name(f"{out.name}.removed")
        dataset = remove_feature(dataset, REWARD, output_dir=removed, repo_id="local/removed")
        copies = 2
    add_features(dataset, {REWARD: (values, FEATURE)}, output_dir=out, repo_id="local/added")
    return copies


def measure(root, out, cutoff):
    """Open, write and time."""
    from importlib.metadata import version

    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    start = time.perf_counter()
    dataset = LeRobotDataset("local/source", root=root, video_backend="pyav")
    opened = time.perf_counter()
    values = rewards(dataset, cutoff)
    begin = time.perf_counter()
    copies = write(dataset, values, out)
    end = time.perf_counter()
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "lerobot": version("lerobot"),
        "seconds": end - begin,
        "open_seconds": opened - start,
        "frames": len(values),
        "copies": copies,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
    }


def main():
    """Measure what the command line names, offline and with caches that are thrown away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cutoff", type=float, default=0.5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {
            "HF_HUB_OFFLINE": "1",
            "HF_HOME": scratch,
            "HF_DATASETS_CACHE": f"{scratch}/datasets",
            "HF_LEROBOT_HOME": f"{scratch}/lerobot",
            "CUDA_VISIBLE_DEVICES": "",
            "TQDM_DISABLE": "1",
        }
        print(json.dumps(measure(given.root, given.out, given.cutoff)))


if __name__ == "__main__":
    main()
