"""Features of the families' frames as they are drawn, without a video in between."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifier.data import SLIGHT_CHANGES, LabelledFrames, draw_view
from classifier.encoder import Encoder
from tests.bench.families.protocol import FAMILIES

_AT_ONCE = 20

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Features:
    """Encodes episodes, once where there is a folder to keep them in."""

    encoder: Encoder
    folder: Path | None = None

    def of(
        self, family: str, dataset: int, episodes: range, frames: int, view: int = 0
    ) -> tuple[Floats, LabelledFrames]:
        """Features (n, d) of episodes in one view, and their labels."""
        found, success = [], []
        for index in episodes:
            told = FAMILIES[family](dataset, index, frames)
            success.append(told.success)
            place = self._place(f"{family} {dataset} {index} {frames} {view}")
            if place is not None and place.is_file():
                found.append(np.load(place))
                continue
            images = torch.from_numpy(np.stack(list(told.images))).permute(0, 3, 1, 2) / 255
            if view:
                drawn = enumerate(images)
                name = f"{family} {dataset} {index}"
                images = torch.stack(
                    [
                        draw_view(one, SLIGHT_CHANGES, f"{name} {frame}", view)
                        for frame, one in drawn
                    ]
                )
            found.append(self._encoded(images))
            if place is not None:
                np.save(place, found[-1])
        numbers = np.repeat(np.array(episodes, dtype=np.int64), frames)
        order = np.tile(np.arange(frames, dtype=np.int64), len(episodes))
        targets = np.concatenate(success).astype(np.int64)
        return np.concatenate(found).astype(np.float32), LabelledFrames(numbers, order, targets)

    def _encoded(self, images: Tensor) -> NDArray[np.float16]:
        with torch.inference_mode():
            parts = [
                self.encoder.features(part).flatten(1).half() for part in images.split(_AT_ONCE)
            ]
        result: NDArray[np.float16] = torch.cat(parts).numpy()
        return result

    def _place(self, name: str) -> Path | None:
        if self.folder is None:
            return None
        whole = f"{self.encoder.features_key()} {name} {SLIGHT_CHANGES.text()}"
        return self.folder / f"{hashlib.sha256(whole.encode()).hexdigest()}.npy"
