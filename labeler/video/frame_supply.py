"""Images for a window: decoded in threads, the latest request first, the next ones ahead.

    frames of the episode      0   1   2   3   4   5   6   7   8
    keyframes                  K               K
    shown                                          ^
    first decoder                                  5 → 6 → 7     goes on from the place shown
    second decoder                             4                 starts at a keyframe, goes back

A decoder only goes forward: a step back costs all frames from the keyframe before, so what lies
behind has a decoder of its own, and moving on stays cheap. A key that is held asks for more frames
than can be decoded; what is asked for last counts, and older work is dropped on the way.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count

import av

from labeler.background import give_way
from labeler.dataset import Dataset
from labeler.errors import LabelerError, MissingFrameError
from labeler.video.agenda import Job, Rank, ShownPlace, agenda
from labeler.video.cache import CachedImage, FrameCache, bytes_of, image_memory
from labeler.video.image_pool import ImagePool
from labeler.video.key import FrameKey, Missing, defect
from labeler.video.lane import CameraLane
from labeler.video.precedence import GLANCING, LOOKING

__all__ = ["FrameKey", "FrameSupply", "Missing"]

_STRIDE = 8  # frames the place moves before frames at the far ends are made for it
_QUIET = 0.1  # seconds without an image being missed before the next episodes are decoded
_PAINT = 0.05  # seconds in which an episode that was ready is painted, before its neighbours come
_GLANCE = 0.02  # seconds after which to look again whether thumbnails are still missing
_END = 1.0  # seconds that `close` waits for an image that is being decoded
_log = logging.getLogger(__name__)


class _Superseded(Exception):
    """Something more urgent than the image being decoded was asked for."""


class FrameSupply:
    """Frames of the place shown, decoded by workers, latest first; and of the episodes after it.

    All methods may be called by any thread, and return at once where nothing else is said.
    `on_ready` is called by a worker for every wanted frame that was not there when it was wanted
    and now is, also as `Missing`; never for frames decoded ahead. So: `want`, then `get`, and
    what `get` does not give is announced. `memory` is the limit of the cache in bytes;
    without one it depends on the cameras (`image_memory`).
    """

    def __init__(
        self,
        dataset: Dataset,
        on_ready: Callable[[FrameKey], None],
        memory: int | None = None,
    ) -> None:
        self._dataset = dataset
        self._on_ready = on_ready
        self._limits = limits = image_memory(dataset.cameras, memory)
        self._cache, self._memory = FrameCache(limits.moving), ImagePool(limits.moving)
        self._lanes = {camera.key: CameraLane(dataset, camera.key) for camera in dataset.cameras}
        self._place: ShownPlace | None = None
        self._planned: tuple[int, ...] = ()
        self._ordered: ShownPlace | None = None  # the place that the work was ordered for
        self._awaited: set[FrameKey] = set()  # wanted, not there yet
        self._generation = count(1)
        self._latest = 0
        self._missed = 0.0  # when an image was last wanted that was not there
        self._entered = 0.0  # when another episode was last wanted
        self._closed = False
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._threads = [
            threading.Thread(target=self._run, name=f"frames-{number}", daemon=True)
            for number in range(min(len(self._lanes), os.cpu_count() or 1))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def size(self) -> int:
        """Bytes of the images that are kept."""
        with self._lock:
            return self._cache.used

    def get(self, key: FrameKey) -> CachedImage | None:
        """The image, or why it cannot be shown; None while it is not there yet."""
        with self._lock:
            return self._cache.get(key)

    def want(
        self,
        episode: int,
        frame: int,
        cameras: Sequence[str],
        direction: int = 0,
        *,
        at_rest: bool = False,
    ) -> None:
        """Say which place is shown now; decoding for an earlier place ends.

        After this frame of all `cameras` come its neighbours in `direction` (1 forward, -1 back,
        0 both ways), then the rest of the episode as far as memory allows; `at_rest` allows no
        more than `rest` leaves.

        Raises:
            IndexError: there is no such episode or frame.
            UsageError: the dataset has no such camera.
        """
        self._check_place(episode, frame, cameras)
        with self._lock:
            if self._closed:
                return
            limit, before = self._limits, self._cache.limit
            self._cache.limit = limit.resting if at_rest else limit.moving
            if self._place is None or self._place.episode != episode:
                self._entered = time.monotonic()
            place = self._place = ShownPlace(episode, frame, tuple(cameras), direction)
            keys = [FrameKey(episode, camera, frame) for camera in cameras]
            self._awaited = {key for key in keys if self._cache.get(key) is None}
            if self._awaited or self._cache.limit != before or self._is_far(place):
                self._renew()
            else:
                self._cache.arrange(place, self._planned)
            if self._awaited:
                self._missed = time.monotonic()
            LOOKING.say(self, bool(self._awaited))

    def plan(self, episodes: Sequence[int]) -> None:
        """Say which episodes will be shown next, in this order.

        Their first frames are decoded before the far parts of the episode shown, the others when
        nothing else is left to do. All that waits while wanted frames are not there yet.
        """
        planned = tuple(dict.fromkeys(e for e in episodes if 0 <= e < len(self._dataset)))
        with self._lock:
            if planned != self._planned and not self._closed:
                self._planned = planned
                self._renew()

    def rest(self) -> None:
        """Give memory back while nobody looks: only frames next to the place shown are kept.

        The next `want` ends that, unless it is `at_rest`, too.
        """
        with self._lock:
            if self._closed or self._place is None:
                return
            self._cache.limit = self._limits.resting
            self._renew()
            self._cache.shrink()
            self._memory.release()

    def close(self) -> None:
        """End the threads and close the files; at most a second. May be called again."""
        with self._lock:
            self._closed = True
            self._awaited.clear()
            LOOKING.say(self, False)
            self._work.notify_all()
        end = time.monotonic() + _END
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(end - time.monotonic(), 0))
        with self._lock:
            self._cache.clear()
            self._memory = ImagePool(0)
        for lane in self._lanes.values():
            lane.close()

    def _check_place(self, episode: int, frame: int, cameras: Sequence[str]) -> None:
        """Raise as `want` says."""
        if not 0 <= episode < len(self._dataset):
            raise IndexError(f"episode {episode} of {len(self._dataset)}")
        if not 0 <= frame < self._length(episode):
            raise IndexError(f"frame {frame} of episode {episode} ({self._length(episode)} frames)")
        for camera in cameras:
            self._dataset.camera(camera)

    def _length(self, episode: int) -> int:
        return int(self._dataset.lengths[episode])

    def _is_far(self, place: ShownPlace) -> bool:
        """Whether a place needs an order of its own.

        Each costs a worker about a millisecond of Python, which a step would have to wait for, and
        on the way back a decoder begins anew at a keyframe; so one does for several frames.
        """
        before = self._ordered
        if before is None or (place.episode, place.cameras) != (before.episode, before.cameras):
            return True
        if place.direction != before.direction:
            return True
        size = sum(self._lanes[camera].size for camera in place.cameras)
        stride = min(_STRIDE, self._cache.limit // max(size, 1) // _STRIDE)
        return abs(place.frame - before.frame) >= stride

    def _renew(self) -> None:
        """Order anew what is left to do."""
        self._latest = next(self._generation)
        place = self._ordered = self._place
        self._cache.arrange(place, self._planned)
        planned = [e for e in self._planned if place is None or e != place.episode]
        left = False
        for lane in self._lanes.values():
            shown = place is None or lane.camera in place.cameras
            lacks = shown and self._lacks(lane.camera, place, planned)
            lane.jobs = self._lacking(lane, place, planned) if lacks else iter(())
            lane.head = None
            left = left or lacks
        if left:  # else a step would wait for threads that wake up only to find nothing
            self._work.notify_all()

    def _lacks(self, camera: str, place: ShownPlace | None, planned: Sequence[int]) -> bool:
        """Whether an image of a camera is not there, of the episode shown or of the next ones."""
        shown = () if place is None else (place.episode,)
        complete = self._cache.complete
        return any(not complete(e, camera, self._length(e)) for e in (*shown, *planned))

    def _lacking(
        self, lane: CameraLane, place: ShownPlace | None, planned: Sequence[int]
    ) -> Iterator[Job]:
        """What a camera lacks, most urgent first, as long as there is room for it."""

        def frames(episode: int) -> int:
            length = self._length(episode)
            return 0 if self._cache.complete(episode, lane.camera, length) else length

        for job in agenda(place, planned, frames):
            if self._cache.has(job.episode, lane.camera, job.frame):
                continue
            key = FrameKey(job.episode, lane.camera, job.frame)
            if job.rank is Rank.PLACE or self._cache.admits(key, lane.size):
                yield job
            elif job.rank is not Rank.NEAR:  # runs near the place are not in order of distance
                return  # what comes later is worth less, and has no room either

    def _head(self, lane: CameraLane) -> Job | None:
        """The most urgent job of a lane."""
        head = lane.head
        if head and self._cache.has(head.episode, lane.camera, head.frame):
            lane.head = None
        if lane.head is None:
            lane.head = next(lane.jobs, None)
        return lane.head

    def _take(self) -> tuple[CameraLane, Job, int] | None:
        """Wait for the most urgent job of the cameras that are free; None at the end."""
        with self._work:
            while not self._closed:
                free = [lane for lane in self._by_urgency() if not lane.busy]
                heads = [(job.rank, lane, job) for lane in free if (job := self._head(lane))]
                rank, lane, job = min(heads, key=lambda head: head[0], default=(None, None, None))
                pause = self._pause(rank)
                if lane is None or job is None or rank is None:
                    self._work.wait()
                elif pause > 0:
                    self._work.wait(pause)
                elif rank >= Rank.REST and GLANCING.waiting:
                    self._work.wait(_GLANCE)
                else:
                    lane.busy, lane.head = True, None
                    return lane, job, self._latest
        return None

    def _pause(self, rank: Rank | None) -> float:
        """Seconds that work of a rank waits for what is more urgent."""
        now = time.monotonic()
        if rank in (Rank.OPENING, Rank.PLANNED):
            return self._missed + _QUIET - now
        return 0.0 if rank is Rank.PLACE else self._entered + _PAINT - now

    def _by_urgency(self) -> list[CameraLane]:
        if self._place is None:
            return list(self._lanes.values())
        return [self._lanes[camera] for camera in self._place.cameras]

    def _run(self) -> None:
        give_way()
        while (task := self._take()) is not None:
            lane, job, generation = task
            try:
                self._decode(lane, job, generation)
            finally:
                self._release(lane)

    def _release(self, lane: CameraLane) -> None:
        with self._lock:
            lane.busy = False
            closed = self._closed
        if closed:
            lane.close()

    def _decode(self, lane: CameraLane, job: Job, generation: int) -> None:
        key = FrameKey(job.episode, lane.camera, job.frame)

        def keep(frame: int, image: av.VideoFrame) -> None:
            self._store_decoded(lane, FrameKey(job.episode, lane.camera, frame), image)
            if frame != job.frame and self._latest != generation:
                raise _Superseded

        try:
            image = lane.decode(job, keep)
            if self.get(key) is None:  # not on the way: it was the latest one decoded before
                self._store_decoded(lane, key, image)
        except _Superseded:
            return
        except MissingFrameError as error:
            self._store(key, Missing(error.message, error.advice))
        except LabelerError as error:
            self._store_broken(key, Missing(error.message, error.advice))
        except Exception as error:  # noqa: BLE001 - ours; the thread has other images to make
            _log.exception("%s", key)
            self._store(key, defect(key, error))

    def _store_decoded(self, lane: CameraLane, key: FrameKey, image: av.VideoFrame) -> None:
        with self._lock:
            if self._closed:
                raise _Superseded
            keep = self._cache.get(key) is None and self._cache.admits(key, lane.size)
        if keep:
            image = self._memory.copy(image)
            lane.size = bytes_of(image)
            self._store(key, image)

    def _store(self, key: FrameKey, image: CachedImage) -> None:
        with self._lock:
            if self._closed:
                return
            self._cache.put(key, image)
            ready = self._arrivals(key)
        self._announce(ready)

    def _store_broken(self, key: FrameKey, missing: Missing) -> None:
        with self._lock:
            self._cache.put_broken(key.episode, key.camera, missing)
            awaited = list(self._awaited)
            ready = [wanted for other in awaited for wanted in self._arrivals(other)]
        self._announce(ready)

    def _arrivals(self, key: FrameKey) -> list[FrameKey]:
        """The key, if somebody waits for it and it is there."""
        if key not in self._awaited or self._cache.get(key) is None:
            return []
        self._awaited.discard(key)
        LOOKING.say(self, bool(self._awaited))
        return [key]

    def _announce(self, keys: Sequence[FrameKey]) -> None:
        for key in keys:
            try:
                self._on_ready(key)
            except Exception:  # noqa: BLE001 - a defect of the listener must not end the images
                _log.exception("on_ready(%s)", key)
