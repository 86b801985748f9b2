"""Runs in LeRobot's environment: `predict` of its classifier on pictures that are decoded.

    python lerobot_predict.py CHECKPOINT PICTURES BATCH

Prints a line of JSON: seconds for all pictures, and their probabilities.
"""

import json
import sys
import time

import numpy as np
import torch
from lerobot.rewards.classifier.modeling_classifier import Classifier


def main(checkpoint, file, batch):
    pictures = torch.from_numpy(np.load(file))
    model = Classifier.from_pretrained(checkpoint).eval()
    with torch.inference_mode():
        model.predict([pictures[: int(batch)]])
        clock = time.perf_counter()
        found = [model.predict([part]).probabilities for part in pictures.split(int(batch))]
    seconds = time.perf_counter() - clock
    print(json.dumps({"seconds": seconds, "probabilities": torch.cat(found).reshape(-1).tolist()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
