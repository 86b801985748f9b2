"""One measured piece of work in a process of its own; prints a line of JSON.

python -m tests.bench.classifier.child TASK ARGUMENT...
"""

import json
import sys
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from classifier.checkpoint import load_checkpoint
from classifier.config import CameraInput, RewardModel, TrainConfig
from classifier.data import LabelledFrames, Recipe, Split, apart, decode_batches, in_order
from classifier.encoder import load_encoder
from classifier.features import FeatureBank, FeatureCache
from classifier.features.bank import Array, EncodingJob
from classifier.features.names import ImageNames, feature_name
from classifier.model import RewardClassifier, success_probability
from classifier.probabilities import predictions
from classifier.train.network_training import NetworkFit
from labeler.dataset import open_dataset
from labeler.dataset.dataset import REWARD
from tests.bench.classifier.recordings import CAMERA, SIDE

_AT_ONCE = 16
_JUDGED = 1000  # frames whose decoded pictures both sides judge
_STEPS = 200  # enough for a mean, and for every page of the cache to be wanted


def judge(root: str, first: str, end: str, *checkpoints: str) -> dict[str, list[float]]:
    """Accuracy of checkpoints of one run at one half; the encoder is frozen, so it runs once."""
    models = [load_checkpoint(Path(checkpoint)).model.eval() for checkpoint in checkpoints]
    episodes = list(range(int(first), int(end)))
    right, total = np.zeros(len(models), dtype=np.int64), 0
    with open_dataset(Path(root)) as dataset, torch.inference_mode():
        columns = {e: dataset.rows(e, [REWARD])[REWARD].to_numpy() > 0 for e in episodes}
        for batch in decode_batches(dataset, models[0].cameras[0], episodes, _AT_ONCE):
            features = models[0].encode([batch.images])
            wanted = columns[batch.episode][batch.first : batch.first + len(batch.images)]
            for number, model in enumerate(models):
                found = success_probability(model, model.classify(features)) > 1 / 2
                right[number] += int((found == wanted).sum())
            total += len(wanted)
    return {"accuracy": (right / total).tolist()}


def rates(root: str, checkpoint: str, file: str, batch: str) -> dict[str, Any]:
    """Frames per second of decoding alone, of judging decoded pictures, and of prediction.

    Pictures of some frames are left in `file`, so that others can judge the same ones.
    """
    model = load_checkpoint(Path(checkpoint)).model.eval()
    with open_dataset(Path(root)) as dataset:
        episodes, frames = list(range(len(dataset))), dataset.total_frames
        clock = time.perf_counter()
        batches = [b.images for b in decode_batches(dataset, model.cameras[0], episodes, _AT_ONCE)]
        result: dict[str, Any] = {"decoding": frames / (time.perf_counter() - clock)}
        clock = time.perf_counter()
        for _ in predictions(model, dataset, episodes):
            pass
        result["predicting"] = frames / (time.perf_counter() - clock)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # one core encodes, decoding has another
        clock = time.perf_counter()
        for _ in predictions(model, dataset, episodes):
            pass
        result["predicting, one core encodes"] = frames / (time.perf_counter() - clock)
    pictures = torch.cat(batches)[:_JUDGED]
    del batches
    np.save(file, pictures.numpy())
    result["encoding on one core"] = _judging(model, pictures, int(batch))["one batch"]
    torch.set_num_threads(threads)
    return result | _judging(model, pictures, int(batch))


def _judging(model: RewardClassifier, pictures: torch.Tensor, batch: int) -> dict[str, Any]:
    """Pictures judged batch by batch with all cores on each, and in a thread per core."""

    def work(part: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return model.probabilities(model([part]))

    work(pictures[:batch])
    clock = time.perf_counter()
    found = torch.cat([work(part) for part in pictures.split(batch)])
    together = len(pictures) / (time.perf_counter() - clock)
    with apart(torch.device("cpu")) as threads:
        clock = time.perf_counter()
        for _ in in_order(pictures.split(_AT_ONCE), work, threads):
            pass
    beside = len(pictures) / (time.perf_counter() - clock)
    return {"one batch": together, "encoding": beside, "probabilities": found.tolist()}


def scaling(root: str, encoder: str, folder: str, episodes: str) -> dict[str, float]:
    """A training on features that were drawn instead of encoded: seconds a frame, memory.

    The first look at an entry of the cache compares its digest; that is once per run and entry, so
    it is measured apart from the steps, which come many times.
    Every episode of the large dataset has the pictures of one of the small dataset, under a name
    of its own.
    """
    cameras = (CameraInput(CAMERA, SIDE, SIDE),)
    config = TrainConfig.model_validate({"steps": _STEPS, "train": {"views": 0, "patience": None}})
    model = RewardClassifier(load_encoder(encoder), cameras, RewardModel())
    cache, recipe = FeatureCache(Path(folder), limit=1 << 50), Recipe(0, None, 0)
    count = int(episodes)
    with open_dataset(Path(root)) as dataset:
        pictures = ImageNames(dataset)

        def name_of(camera: CameraInput, episode: int, view: int) -> str:
            """Features under names for any number of episodes."""
            shown = f"{pictures.of(camera.key, 0)} {episode}"
            return feature_name(shown, camera, model.source.sha256, model.pixels, recipe, view)

        bank = FeatureBank(dataset.lengths, cameras, name_of, cache, _nothing_is_missing)
        length = int(dataset.lengths[0])
        shape = (length, *model.feature_shapes[CAMERA])
        random = np.random.default_rng(0)
        for episode in range(count):
            cache.put(
                name_of(cameras[0], episode, 0), random.random(shape, np.float32).astype(np.float16)
            )
        number = np.repeat(np.arange(count, dtype=np.int64), length)
        frames = np.tile(np.arange(length, dtype=np.int64), count)
        rows = LabelledFrames(number, frames, (frames > length // 2).astype(np.int64))
        few = np.arange(0, min(len(rows), 512), dtype=np.int64)
        config = config.model_copy(update={"eval_freq": _STEPS})
        fit = NetworkFit(
            model, bank, rows, Split(np.arange(len(rows), dtype=np.int64), few), config
        )
        before, clock = _memory("VmRSS"), time.perf_counter()
        for episode in range(count):
            bank.gather(np.array([episode]), np.array([0]))
        torch.set_num_threads(1)  # as a run does before it trains
        looking, clock = time.perf_counter() - clock, time.perf_counter()
        fit.run()
        seconds = time.perf_counter() - clock
    own = {"first look, seconds per frame": looking / len(rows)}
    own |= {"peak of own memory bytes": _memory("VmHWM"), "before training bytes": before}
    own |= {"mapped files bytes": _memory("RssFile"), "memory without files": _memory("RssAnon")}
    return {"seconds per frame": seconds / (_STEPS * config.batch_size), **own}


def _nothing_is_missing(jobs: Sequence[EncodingJob]) -> Generator[tuple[str, Array]]:
    raise AssertionError(f"{len(jobs)} entries are missing")
    yield


def _memory(what: str) -> float:
    status = Path("/proc/self/status").read_text().splitlines()
    line = next(part for part in status if part.startswith(what))
    return int(line.split()[1]) * 1024.0


TASKS: dict[str, Callable[..., Any]] = {"judge": judge, "rates": rates, "scaling": scaling}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
