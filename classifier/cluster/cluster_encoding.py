"""Frames encoded by the workers of a cluster: another answer to the bank's argument `encode`.

A part of the work is what one task encodes: episodes of one camera that lie in one file, so that
each file is opened by few tasks, and few enough of them that their features fit into the memory of
a small node several times.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby

import numpy as np

from classifier.cluster.connection import Cluster
from classifier.cluster.work import (
    EncodingWork,
    cut,
    model_of,
    opened,
    require_images,
    take_one_core,
)
from classifier.config import CameraInput
from classifier.data import Damage, require_whole
from classifier.features import EncodingJob, LocalEncoding, work_of
from classifier.features.bank import Array
from labeler.dataset import Dataset

_IMAGES = 1024
"""Images that a task encodes at most, views counted, unless an episode alone has more.

Of ResNet10 at 128×128 that is 16 MiB of features.
"""


@dataclass(frozen=True)
class EncodingPart:
    """What one task encodes: jobs of one camera whose images lie in one file.

    images: digest of the images of each episode, by which a worker knows that it sees the same
    """

    camera: CameraInput
    jobs: tuple[EncodingJob, ...]
    images: Mapping[int, str]

    def name_of(self, camera: str, episode: int) -> str:
        """Digest of the images of an episode."""
        return self.images[episode]


@dataclass(frozen=True)
class EncodedPart:
    """Whole features of each job by its name, and the episodes that are damaged."""

    features: tuple[tuple[str, Array], ...]
    damages: tuple[Damage, ...]


class ClusterEncoding:
    """Encodes jobs on a cluster: the bank's argument `encode`.

    name_of: digest of a camera's images of an episode, as `ImageNames.of` gives it
    strict: a damaged episode ends the work at once; else the others are encoded first
    """

    def __init__(
        self,
        cluster: Cluster,
        dataset: Dataset,
        name_of: Callable[[str, int], str],
        work: EncodingWork,
        *,
        strict: bool = False,
    ) -> None:
        self._cluster = cluster
        self._dataset = dataset
        self._name_of = name_of
        self._work = work
        self._strict = strict

    def __call__(self, jobs: Sequence[EncodingJob]) -> Generator[tuple[str, Array]]:
        """Whole features of each job, in the order of the jobs.

        Raises:
            DamagedDatasetError: images are missing or damaged.
            ClusterError: the cluster is gone, or a node sees other images than this process.
        """
        if not jobs:
            return
        damages: list[Damage] = []
        nothing = jobs[0].name, np.zeros(0, np.float16)
        task = partial(encode_part, self._work)
        with closing(self._cluster.in_order(task, self._parts(jobs))) as found:
            for one in found:
                if one is None:
                    yield nothing
                    continue
                yield from one[1].features
                damages += one[1].damages
                if self._strict:
                    require_whole(damages)
        require_whole(damages)

    def _parts(self, jobs: Sequence[EncodingJob]) -> Iterator[EncodingPart]:
        """Jobs cut by camera and file, then by the number of images."""
        episodes = (
            list(views) for _, views in groupby(jobs, lambda job: (job.camera.key, job.episode))
        )
        for part in cut(episodes, lambda views: self._place(views[0]), self._images, _IMAGES):
            yield self._part(list(chain.from_iterable(part)))

    def _images(self, views: Sequence[EncodingJob]) -> int:
        return len(views) * int(self._dataset.lengths[views[0].episode])

    def _place(self, job: EncodingJob) -> tuple[str, str]:
        key, layout = job.camera.key, self._dataset.layout
        if self._dataset.camera(key).kind == "video":
            return key, str(layout.video(job.episode, key)[0])
        return key, str(layout.data_file(job.episode))

    def _part(self, jobs: Sequence[EncodingJob]) -> EncodingPart:
        camera = jobs[0].camera
        episodes = dict.fromkeys(job.episode for job in jobs)
        images = {episode: self._name_of(camera.key, episode) for episode in episodes}
        return EncodingPart(camera, tuple(jobs), images)


def encode_part(work: EncodingWork, part: EncodingPart) -> EncodedPart:
    """Encode a part; this runs on a worker.

    Raises:
        ClusterError: the worker lacks dataset or encoder, or has others.
    """
    take_one_core()
    damages: list[Damage] = []
    device, model = work.device(), model_of(work)
    kept = work_of(None if model is None else model.to(device))
    parts: dict[str, list[Array]] = {}
    with closing(opened(work.root, work.state).reopen()) as dataset:
        require_images(work, part.camera.key, part.images, damages.append)
        broken = {one.episode for one in damages}
        jobs = [job for job in part.jobs if job.episode not in broken]
        encode = LocalEncoding(
            dataset, part.name_of, work.recipe, kept, device, on_damage=damages.append
        )
        with closing(encode(jobs)) as encoded:
            for name, features in encoded:
                parts.setdefault(name, []).append(features)
    broken = {one.episode for one in damages}
    whole = [job.name for job in part.jobs if job.episode not in broken]
    return EncodedPart(tuple((name, np.concatenate(parts[name])) for name in whole), tuple(damages))
