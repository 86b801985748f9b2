"""Run by a LeRobot environment: go on working on a dataset with LeRobot's own tools."""

from pathlib import Path

from read_copy import open_dataset
from write_recording import add_episode, close


def record_more(root, repo_id="local/copy", episode=0, length=4, size=64):
    """Open the dataset again as `lerobot-record --resume` does and record one more episode."""
    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    if hasattr(LeRobotDataset, "resume"):
        dataset = LeRobotDataset.resume(repo_id, root=Path(root))
    else:
        dataset = open_dataset(Path(root), repo_id)
    add_episode(dataset, episode, length, size)
    close(dataset)


def delete_episodes(root, out, episodes, repo_id="local/copy"):
    """LeRobot 0.4 and later: write the dataset without some episodes to `out`."""
    from lerobot.datasets.dataset_tools import delete_episodes as delete

    dataset = open_dataset(Path(root), repo_id)
    delete(dataset, episodes, output_dir=Path(out), repo_id=f"{repo_id}_deleted")


def merge(roots, out, repo_id="local/merged"):
    """LeRobot 0.4 and later: write several datasets as one to `out`."""
    from lerobot.datasets.dataset_tools import merge_datasets

    datasets = [open_dataset(Path(root), f"local/part{i}") for i, root in enumerate(roots)]
    merge_datasets(datasets, output_repo_id=repo_id, output_dir=Path(out))
