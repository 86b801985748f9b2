"""Runs in LeRobot's environment: what its checkpoints say of a dataset's episodes, and how fast.

    python lerobot_judge.py ROOT FIRST END CHECKPOINT...

Prints a line of JSON: for each checkpoint its accuracy on the episodes FIRST to END - 1, with
pixels normalised as in its training, and with raw ones, which LeRobot's step on the robot feeds it
(RewardClassifierProcessorStep never reads the normalisation; processor/hil_processor.py, 0.6.1);
seconds for decoding the frames and for judging them.
"""

import json
import sys
import time
from pathlib import Path

import torch
from lerobot.datasets.lerobot_dataset import LeRobotDataset
from lerobot.rewards.classifier.modeling_classifier import Classifier
from safetensors.torch import load_file

BATCH = 32


def frames_of(root, episodes):
    dataset = LeRobotDataset(
        "bench/data", root=root, episodes=episodes, video_backend="pyav", tolerance_s=1e-4
    )
    (key,) = dataset.meta.camera_keys
    clock = time.perf_counter()
    items = [dataset[index] for index in range(len(dataset))]
    seconds = time.perf_counter() - clock
    rewards = torch.tensor([float(item["next.reward"]) for item in items])
    return torch.stack([item[key] for item in items]), rewards, seconds


def normalised(pictures, folder):
    (file,) = folder.glob("classifier_preprocessor_step_0_*.safetensors")
    values = load_file(file)
    (mean,) = (value for name, value in values.items() if "images" in name and "mean" in name)
    (std,) = (value for name, value in values.items() if "images" in name and name.endswith("std"))
    return (pictures - mean) / (std + 1e-8)


def judged(folder, pictures):
    model = Classifier.from_pretrained(str(folder)).eval()
    clock = time.perf_counter()
    with torch.inference_mode():
        found = [model.predict([part]).probabilities for part in pictures.split(BATCH)]
    return torch.cat(found).reshape(-1), time.perf_counter() - clock


def main(root, first, end, *checkpoints):
    pictures, rewards, decoding = frames_of(root, list(range(int(first), int(end))))
    result = {"frames": len(rewards), "decoding": decoding, "judging": []}
    result |= {"accuracy": [], "raw accuracy": []}
    for checkpoint in map(Path, checkpoints):
        found, seconds = judged(checkpoint, normalised(pictures, checkpoint))
        result["judging"].append(seconds)
        result["accuracy"].append(float(((found > 0.5) == (rewards > 0)).float().mean()))
        found, _ = judged(checkpoint, pictures)
        result["raw accuracy"].append(float(((found > 0.5) == (rewards > 0)).float().mean()))
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
