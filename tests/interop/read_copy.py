"""Run by a LeRobot environment: read a dataset with LeRobot's own reader and say what it saw.

    python read_copy.py ROOT [--repo-id NAME] [--items all|some] [--frames FILE.npz]

Prints one JSON. Works under LeRobot 0.3, 0.4 and 0.6. Never writes into ROOT.
"""

import argparse
import hashlib
import json
import os
import tempfile
from pathlib import Path

SOME = 12  # items per episode with `--items some`, first and last among them


def isolate(scratch):
    """Keep LeRobot off the network and off the user's caches; before LeRobot is imported."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HOME", str(scratch))
    os.environ.setdefault("HF_DATASETS_CACHE", str(Path(scratch) / "datasets"))
    os.environ.setdefault("HF_LEROBOT_HOME", str(Path(scratch) / "lerobot"))
    os.environ["CUDA_VISIBLE_DEVICES"] = ""


def open_dataset(root, repo_id):
    """Open as a user does who follows the line that `labeler apply` prints."""
    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    return LeRobotDataset(repo_id, root=root, video_backend="pyav")


def read(root, repo_id="local/copy", items="all", frames=None):
    """Everything LeRobot reads from the dataset at `root`, as plain JSON values.

    `items` is "all", "some" or a list of row numbers to fetch one by one with pictures; with
    `frames` their pixels go to that .npz file: per camera uint8 (items, height, width, 3).
    """
    from importlib.metadata import version

    dataset = open_dataset(Path(root), repo_id)
    table = dataset.hf_dataset.data.table
    cameras = list(dataset.meta.camera_keys)
    values = {key: table[key].to_pylist() for key in table.column_names if key not in cameras}
    chosen = chosen_items(values["episode_index"], items)
    pictures, fetched = fetch(dataset, chosen, cameras)
    if frames:
        save_frames(frames, pictures)
    return {
        "lerobot": version("lerobot"),
        "episodes": dataset.meta.total_episodes,
        "frames": len(dataset),
        "features": plain_features(dataset.meta.features),
        "types": {key: str(table.schema.field(key).type) for key in values},
        "values": values,
        "tasks": [task_name(dataset.meta, index) for index in values["task_index"]],
        "items": chosen,
        "fetched": fetched,
        "digests": {key: [digest(x) for x in found] for key, found in pictures.items()},
        "shapes": {key: list(found[0].shape) for key, found in pictures.items() if found},
        "stats": plain_stats(dataset.meta.stats or {}),
        "episode_stats": episode_stats(dataset, Path(root)),
        "batch": batch(dataset),
    }


def chosen_items(episode_of_row, items):
    """Row numbers to fetch one by one."""
    if items == "all":
        return list(range(len(episode_of_row)))
    if items != "some":
        return list(items)
    rows = {}
    for row, episode in enumerate(episode_of_row):
        rows.setdefault(episode, []).append(row)
    picked = {r[i * (len(r) - 1) // (SOME - 1)] for r in rows.values() for i in range(SOME)}
    return sorted(picked)


def fetch(dataset, chosen, cameras):
    """Pictures (uint8, height x width x 3) and label values of single items."""
    pictures, fetched = {key: [] for key in cameras}, []
    for row in chosen:
        item = dataset[row]
        for key in cameras:
            pictures[key].append(pixels(item[key]))
        labels = {k: float(item[k]) for k in ("next.reward", "next.done") if k in item}
        fetched.append({**labels, "task": item["task"], "index": int(item["index"])})
    return pictures, fetched


def pixels(image):
    """Undo LeRobot's scaling to [0, 1] and channels-first."""
    return (image * 255).round().byte().permute(1, 2, 0).contiguous().numpy()


def digest(array):
    """SHA-256 of the pixels."""
    return hashlib.sha256(array.tobytes()).hexdigest()


def save_frames(path, pictures):
    """One array per camera."""
    import numpy

    numpy.savez(path, **{key: numpy.stack(found) for key, found in pictures.items() if found})


def task_name(meta, index):
    """Task text of a row, looked up as the release does."""
    if isinstance(meta.tasks, dict):
        return meta.tasks[index]
    return meta.tasks.iloc[index].name


def plain_features(features):
    """Type and shape of every feature."""
    return {k: {"dtype": v["dtype"], "shape": list(v["shape"])} for k, v in features.items()}


def plain_stats(stats):
    """{feature: {name: flat list of numbers}}."""
    import numpy

    return {
        key: {name: numpy.asarray(value).ravel().tolist() for name, value in entry.items()}
        for key, entry in stats.items()
    }


def episode_stats(dataset, root):
    """`plain_stats` of every episode, in episode order."""
    if hasattr(dataset.meta, "episodes_stats"):
        found = dataset.meta.episodes_stats
        return [plain_stats(found[episode]) for episode in sorted(found)]
    import pyarrow.parquet as parquet

    rows = []
    for path in sorted((root / "meta" / "episodes").glob("*/*.parquet")):
        rows += parquet.read_table(path).to_pylist()
    rows.sort(key=lambda row: row["episode_index"])
    return [row_stats(row) for row in rows]


def row_stats(row):
    """Statistics of one row of `meta/episodes`, whose columns are `stats/<feature>/<name>`."""
    nested = {}
    for column, value in row.items():
        if column.startswith("stats/"):
            key, name = column.removeprefix("stats/").rsplit("/", 1)
            nested.setdefault(key, {})[name] = [] if value is None else value
    return plain_stats(nested)


def batch(dataset, size=4):
    """One shuffled DataLoader batch, put through the loss of LeRobot's reward classifier."""
    import torch

    size = min(size, len(dataset))
    order = torch.Generator().manual_seed(0)
    loader = torch.utils.data.DataLoader(dataset, size, shuffle=True, generator=order)
    found = next(iter(loader))
    reward = found.get("next.reward")
    if reward is None:
        return None
    loss = torch.nn.functional.binary_cross_entropy_with_logits(torch.zeros(size), reward)
    return {
        "size": size,
        "dtype": str(reward.dtype),
        "shape": list(reward.shape),
        "index": found["index"].tolist(),
        "reward": reward.tolist(),
        "loss": float(loss),
    }


def main():
    """Read the dataset named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root")
    parser.add_argument("--repo-id", default="local/copy")
    parser.add_argument("--items", default="all")
    parser.add_argument("--frames")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        isolate(scratch)
        print(json.dumps(read(given.root, given.repo_id, given.items, given.frames)))


if __name__ == "__main__":
    main()
