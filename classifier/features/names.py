"""Names of cached features: equal for equal images, encoder and preparation, and only then.

Images are named by their content (digest of the video file and place in it, or of the compressed
images in the parquet column), not by dataset or path: a guarded copy shares its features with the
recording, and a recording that grows by a video keeps those it has.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from classifier.config import CameraInput
from classifier.data import Recipe
from classifier.model import PixelStatistics
from labeler.dataset import Dataset

_FORMAT = 1  # to be raised when the numbers that the same inputs give change


class ImageNames:
    """Digests of the images of episodes of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._of_file = cache(_file_digest)
        self._known: dict[tuple[str, int], str] = {}

    def of(self, camera: str, episode: int) -> str:
        """Digest of one camera's images of an episode, in hexadecimal digits.

        The dataset is read for it the first time only.
        """
        key = (camera, episode)
        if key not in self._known:
            self._known[key] = self._read(camera, episode)
        return self._known[key]

    def _read(self, camera: str, episode: int) -> str:
        if self.dataset.camera(camera).kind == "video":
            segment = self.dataset.segment(episode, camera)
            file = self._of_file(segment.path.resolve())
            told: list[object] = [file, segment.start, segment.length, segment.fps]
            if segment.earliest or segment.offsets:  # rare; others keep the name they had
                told += [segment.earliest, segment.offsets]
            return hashlib.sha256(json.dumps(told).encode()).hexdigest()
        digest = hashlib.sha256()
        for cell in self.dataset.rows(episode, [camera])[camera]:
            digest.update(hashlib.sha256(cell["bytes"].as_buffer() or b"").digest())
        return digest.hexdigest()


class FeatureNames:
    """Names of the features of a dataset under one encoder and one recipe.

    Without `encoder`, the digest of one, what is kept are the prepared images themselves.
    """

    def __init__(
        self,
        dataset: Dataset,
        encoder: str | None,
        pixels: PixelStatistics | None,
        recipe: Recipe,
    ) -> None:
        self.images = ImageNames(dataset)
        self._encoder = encoder or "pictures"
        self._pixels = pixels
        self._recipe = recipe
        self._known: dict[tuple[str, int, int], str] = {}

    def of(self, camera: CameraInput, episode: int, view: int) -> str:
        """Name of one view of an episode of a camera, 64 hexadecimal digits."""
        key = (camera.key, episode, view)
        if key not in self._known:
            images = self.images.of(camera.key, episode)
            self._known[key] = feature_name(
                images, camera, self._encoder, self._pixels, self._recipe, view
            )
        return self._known[key]


def feature_name(
    images: str,
    camera: CameraInput,
    encoder: str,
    pixels: PixelStatistics | None,
    recipe: Recipe,
    view: int,
) -> str:
    """Name under which the features of one view of an episode are kept."""
    fed = None if pixels is None else [pixels.mean, pixels.std]
    drawn = recipe.text() if view else None
    size = [camera.crop, camera.height, camera.width]
    told = [_FORMAT, images, size, encoder, fed, drawn, view]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
