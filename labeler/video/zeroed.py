"""Stretches of zeros in video files: what a broken download or a power cut leaves of a block.

Entropy-coded images hold none that long. In H.264 and HEVC three bytes of zero in a row cannot
occur at all (emulation prevention, ISO/IEC 14496-10, section 7.4.1); in AV1 and VP9 coded bytes are
as good as random.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from labeler.video.container import open_video, translate_errors
from labeler.video.samples import Samples, read_samples

_LEAST = 64
_BORDER = 8
"""Bytes by which a run reaches into an image that is spoilt, too: one may begin with a few 0."""
_GROUP = _LEAST // 2  # bytes; groups lie side by side from the beginning of the file
_WORDS = _GROUP // 8  # of 64 bits
_BLOCK = 1 << 20  # what is read and searched then stays in the processor's cache
_CODED = ("h264", "hevc", "av1", "vp9")


def zeroed_images(path: Path) -> list[tuple[int, int]]:
    """Images that cannot be decoded right since bytes of theirs are 0: positions [start, stop).

    They are counted in the order of decoding, each time up to the next keyframe, since those
    between are built on the first. Reads the whole file, at gigabytes per second.

    Raises:
        DamagedDatasetError: the file is missing, is not an MP4, or has no readable index or video.
    """
    runs = list(_zero_runs(path))
    if not runs:
        return []
    container, stream = open_video(path)
    with container, translate_errors(path):
        if stream.codec_context.codec.canonical_name not in _CODED:
            return []
        return _hit(read_samples(container, stream), runs)


def _hit(samples: Samples, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for start, stop in runs:
        inside = np.minimum(samples.ends, stop) - np.maximum(samples.begins, start)
        least = np.minimum(samples.ends - samples.begins, _BORDER)
        for first in np.flatnonzero((inside > 0) & (inside >= least)).tolist():
            later = samples.keys[samples.keys > first]
            end = int(later[0]) if len(later) else len(samples.times)
            found[end] = min(first, found.get(end, first))
    return [(first, end) for end, first in sorted(found.items())]


def _zero_runs(path: Path) -> Iterator[tuple[int, int]]:
    """Bytes [start, stop) of every run of at least `_LEAST` zeros."""
    with path.open("rb") as file:
        for first, last in list(_zero_groups(file)):
            at = max(first - _GROUP, 0)
            file.seek(at)
            start = at + len(file.read(first - at).rstrip(b"\0"))
            file.seek(last)
            behind = file.read(_GROUP)
            stop = last + len(behind) - len(behind.lstrip(b"\0"))
            if stop - start >= _LEAST:
                yield start, stop


def _zero_groups(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Bytes [first, last) of groups of zeros that follow each other, as large as can be.

    Every run of `_LEAST` zeros holds at least one group. NumPy looks for the first word of a group
    without holding up other threads.
    """
    block = np.empty(_BLOCK, np.uint8)
    begun, end, place = -1, -1, 0
    while count := file.readinto(block):  # type: ignore[attr-defined] # until full, but at the end
        words = block[: count - count % _GROUP].view(np.uint64).reshape(-1, _WORDS)
        zero = np.flatnonzero(words[:, 0] == 0)
        zero = zero[~words[zero].any(axis=1)]
        firsts = place + _GROUP * zero[np.diff(zero, prepend=-2) > 1]
        lasts = place + _GROUP * (zero[np.diff(zero, append=len(words) + 1) > 1] + 1)
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            if first != end:
                if begun >= 0:
                    yield begun, end
                begun = first
            end = last
        place += count
    if begun >= 0:
        yield begun, end
