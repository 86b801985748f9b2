"""Run by a LeRobot environment: go on working on a dataset with LeRobot's own tools."""

import json
import subprocess
import sys
from importlib import import_module
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


def crop(root, camera, crop_to, repo_id="local/recording"):
    """Run LeRobot's crop tool as a user does; where it wrote the cropped dataset comes back."""
    module = _crop_tool()
    crops = Path(root).parent / "crops.json"
    crops.write_text(json.dumps({camera: crop_to}))
    told = ["--repo-id", repo_id, "--root", str(root), "--crop-params-path", str(crops)]
    subprocess.run([sys.executable, "-m", module, *told], check=True, stdout=subprocess.DEVNULL)
    return f"{root}_cropped_resized"


def crop_and_close(root, out, camera, crop_to, repo_id="local/recording"):
    """What the crop tool does, with what it writes closed, which the tool of 0.4 to 0.6 forgets."""
    tool = import_module(_crop_tool())
    dataset = open_dataset(Path(root), repo_id)
    convert = next(name for name in vars(tool) if name.startswith("convert_lerobot_dataset"))
    close(getattr(tool, convert)(dataset, {camera: crop_to}, f"{repo_id}_cropped", Path(out)))
    (Path(out) / "meta/crop_params.json").write_text(json.dumps({camera: crop_to}, indent=4))


def _crop_tool():
    import lerobot

    moved = (Path(lerobot.__file__).parent / "rl").is_dir()
    return f"lerobot.{'rl' if moved else 'scripts.rl'}.crop_dataset_roi"
