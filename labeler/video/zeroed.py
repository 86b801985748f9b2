"""Stretches of zeros in video files: what a broken download or a power cut leaves of a block.

Entropy-coded images hold none that long. In H.264 and HEVC three bytes of zero in a row cannot
occur at all (emulation prevention, ISO/IEC 14496-10, section 7.4.1); in AV1 and VP9 coded bytes are
as good as random.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from labeler.video.container import open_video, translate_errors
from labeler.video.samples import Samples, read_samples

_LEAST = 64
_BORDER = 8
"""Bytes by which a run reaches into an image that is spoilt, too: one may begin with a few 0."""
_ZEROS = b"\0" * _LEAST
_OTHER = re.compile(rb"[^\0]")
_BLOCK = 4 << 20
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
    begun, place = -1, 0
    with path.open("rb") as file:
        kept = b""
        while block := file.read(_BLOCK):
            data = kept + block
            at = 0
            while at < len(data):
                if begun < 0:
                    first = data.find(_ZEROS, at)
                    if first < 0:
                        break
                    begun, at = place + first, first
                end = _OTHER.search(data, at)
                if end is None:
                    break
                yield begun, place + end.start()
                begun, at = -1, end.start()
            keep = 0 if begun >= 0 else min(_LEAST - 1, len(data))
            kept = data[len(data) - keep :] if keep else b""
            place += len(data) - keep
    if begun >= 0:
        yield begun, place
