"""Decoded images within a limit of bytes; what is shown and what lies near it stay longest."""

import os
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import av

from labeler.dataset import Camera
from labeler.video.agenda import NEAR, ShownPlace
from labeler.video.key import FrameKey, Missing

CachedImage = av.VideoFrame | Missing
Worth = tuple[int, int]
"""Compared when memory is short: the larger goes first."""

_IMAGES = 32
_LEAST_MEMORY = 8 * 10**6  # bytes
_EACH_CAMERA, _MOST_MEMORY = 140 * 10**6, 280 * 10**6  # bytes
_AT_REST = 32 * 10**6  # bytes
_SMALL = 512  # bytes counted for a sentence
_NEAR, _OPENING, _REST, _PLANNED, _OTHER = range(5)


def bytes_of(image: CachedImage) -> int:
    """Memory of an image's planes."""
    if isinstance(image, Missing):
        return _SMALL
    return sum(plane.buffer_size for plane in image.planes)


@dataclass(frozen=True, slots=True)
class ImageMemory:
    """Bytes of images that are kept.

    moving: while somebody looks through an episode
    resting: while nobody does anything
    """

    moving: int
    resting: int


def image_memory(cameras: Collection[Camera], most: int | None = None) -> ImageMemory:
    """What may be kept where nobody said otherwise, or where somebody allows `most` bytes.

    By default 140 MB for one camera, ten seconds of VGA at 30 frames a second, 280 MB for several,
    but no more than a 16th of the machine; at rest 32 images of each, 15 MB for VGA.
    """
    if most is not None:
        return ImageMemory(most, min(most, _AT_REST))
    around = _IMAGES * sum(max(one.height * one.width, 0) * 3 // 2 for one in cameras)
    moving = min(_EACH_CAMERA * max(len(cameras), 1), _MOST_MEMORY, _sixteenth_of_machine())
    return ImageMemory(moving, min(max(around, _LEAST_MEMORY), moving))


def _sixteenth_of_machine() -> int:
    """Bytes; `_MOST_MEMORY` where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 16
    except (AttributeError, ValueError, OSError):
        return _MOST_MEMORY


class FrameCache:
    """Images by key. Not locked: its owner does that.

    First go the episodes visited longest ago, then those that come next, the last first, then the
    far ends of the episode shown; the image shown never goes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self._episodes: OrderedDict[int, dict[str, dict[int, CachedImage]]] = OrderedDict()
        self._broken: dict[tuple[int, str], Missing] = {}
        self._place: ShownPlace | None = None
        self._planned: dict[int, int] = {}

    def get(self, key: FrameKey) -> CachedImage | None:
        """The image, if it is there."""
        found = self._episodes.get(key.episode, {}).get(key.camera, {}).get(key.frame)
        return found if found is not None else self._broken.get((key.episode, key.camera))

    def has(self, episode: int, camera: str, frame: int) -> bool:
        """Whether `get` would give something."""
        images = self._episodes.get(episode, {}).get(camera, ())
        return frame in images or (episode, camera) in self._broken

    def complete(self, episode: int, camera: str, length: int) -> bool:
        """Whether every frame of a camera is there."""
        if (episode, camera) in self._broken:
            return True
        return len(self._episodes.get(episode, {}).get(camera, ())) >= length

    def arrange(self, place: ShownPlace | None, planned: Sequence[int]) -> None:
        """Say what is shown and what comes next; both decide what is kept."""
        self._place = place
        self._planned = {episode: number for number, episode in enumerate(planned)}
        if place is not None:
            self._planned.pop(place.episode, None)
            if place.episode in self._episodes:
                self._episodes.move_to_end(place.episode)
        current = {*self._planned, place.episode if place else -1}
        for episode, camera in [key for key in self._broken if key[0] not in current]:
            del self._broken[episode, camera]  # the file is looked at anew at the next visit

    def put_broken(self, episode: int, camera: str, missing: Missing) -> None:
        """Say that a camera's file of an episode cannot be read at all."""
        self._broken[episode, camera] = missing

    def admits(self, key: FrameKey, size: int) -> bool:
        """Whether an image of so many bytes would be kept."""
        if self.used + size <= self.limit:
            return True
        worst = next(self._victims(), None)
        return worst is None or worst[0] > self._worth(key)

    def put(self, key: FrameKey, image: CachedImage) -> bool:
        """Keep an image if there is room, or if room can be made; says whether it is kept."""
        size, worth = bytes_of(image), self._worth(key)
        if self.get(key) is not None:
            return True
        if self.used + size > self.limit:
            self._make_room(size, worth)
        if self.used + size > self.limit and worth != (_NEAR, 0):
            return False
        cameras = self._episodes.setdefault(key.episode, {})
        cameras.setdefault(key.camera, {})[key.frame] = image
        self.used += size
        return True

    def shrink(self) -> None:
        """Drop what is above the limit, but for the frames next to the place shown."""
        for worth, victim in self._victims():
            if self.used <= self.limit or worth[0] == _NEAR:
                return
            self._drop(victim)

    def clear(self) -> None:
        """Forget everything."""
        self._episodes.clear()
        self._broken.clear()
        self.used = 0

    def _make_room(self, size: int, worth: Worth) -> None:
        for other, victim in self._victims():
            if self.used + size <= self.limit or other <= worth:
                return
            self._drop(victim)

    def _drop(self, key: FrameKey) -> None:
        cameras = self._episodes[key.episode]
        self.used -= bytes_of(cameras[key.camera].pop(key.frame))
        if not cameras[key.camera]:
            del cameras[key.camera]
        if not cameras:
            del self._episodes[key.episode]

    def _worth(self, key: FrameKey) -> Worth:
        if self._place is not None and key.episode == self._place.episode:
            distance = self._place.distance(key.frame)
            return (_NEAR if distance <= NEAR else _REST), distance
        number = self._planned.get(key.episode)
        if number is None:
            return _OTHER, 0
        return (_PLANNED if key.frame else _OPENING), number

    def _victims(self) -> Iterator[tuple[Worth, FrameKey]]:
        """Images from the least to the most worth; each may be dropped before the next."""
        shown = -1 if self._place is None else self._place.episode
        for episode in list(self._episodes):
            if episode != shown and episode not in self._planned:
                yield from self._latest_first(episode, (_OTHER, 0), keep_first=False)
        planned = [episode for episode in reversed(self._planned) if episode in self._episodes]
        for episode in planned:
            worth = (_PLANNED, self._planned[episode])
            yield from self._latest_first(episode, worth, keep_first=True)
        yield from self._far_ends(shown, beyond=NEAR)
        for episode in planned:
            if episode in self._episodes:
                worth = (_OPENING, self._planned[episode])
                yield from self._latest_first(episode, worth, keep_first=False)
        yield from self._far_ends(shown, beyond=0)

    def _latest_first(
        self, episode: int, worth: Worth, keep_first: bool
    ) -> Iterator[tuple[Worth, FrameKey]]:
        for camera, images in list(self._episodes[episode].items()):
            for frame in reversed(list(images)):
                if frame or not keep_first:
                    yield worth, FrameKey(episode, camera, frame)

    def _far_ends(self, episode: int, beyond: int) -> Iterator[tuple[Worth, FrameKey]]:
        """Frames of the episode shown, the farthest first, by looking at both ends only."""
        place = self._place
        while place is not None and (cameras := self._episodes.get(episode)):
            ends = [
                (place.distance(frame), camera, frame)
                for camera, images in cameras.items()
                for frame in (min(images), max(images))
            ]
            distance, camera, frame = max(ends)
            if distance <= beyond:
                return
            key = FrameKey(episode, camera, frame)
            yield self._worth(key), key
