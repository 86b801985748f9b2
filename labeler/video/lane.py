"""One camera's decoders."""

import threading
from collections.abc import Iterator

import av

from labeler.dataset import Dataset
from labeler.video.agenda import Job
from labeler.video.reader import FrameReader, Seen

_OPEN_FILES = 2  # of each decoder: the episode shown and the one before


class CameraLane:
    """Decoders of one camera and what is to be decoded; one thread at a time may decode.

    There are two, so that frames behind the place and those of other episodes do not move the one
    that goes on from the place.
    """

    def __init__(self, dataset: Dataset, camera: str) -> None:
        self.camera = camera
        self.jobs: Iterator[Job] = iter(())
        self.head: Job | None = None
        self.busy = False
        self.size = 0  # bytes of the latest image
        self._datasets = (dataset.reopen(), dataset.reopen())
        self._readers = tuple(FrameReader(one, camera, _OPEN_FILES) for one in self._datasets)
        self._using = threading.Lock()

    def decode(self, job: Job, seen: Seen) -> av.VideoFrame:
        """The image of a job; `seen` gets what is decoded on the way. Raises as a FrameReader."""
        with self._using:
            return self._readers[job.back].raw(job.episode, job.frame, seen, job.since)

    def close(self) -> bool:
        """Close the files, unless a thread is decoding from them; says whether they are closed."""
        if not self._using.acquire(blocking=False):
            return False
        try:
            for reader, dataset in zip(self._readers, self._datasets, strict=True):
                reader.close()
                dataset.close()
        finally:
            self._using.release()
        return True
