"""Thresholds that come while a preview runs, one a line on stdin; its end ends the preview."""

import math
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress

from classifier.preview import Predictor
from classifier.train.stopping import Stop

_STDIN = 0
_BLOCK = 4096


def follow_thresholds(predictor: Predictor, stop: Stop) -> None:
    """Take thresholds from stdin in a thread; a line that is none is left out."""
    threading.Thread(target=_follow, args=(predictor, stop), name="stdin", daemon=True).start()


def _follow(predictor: Predictor, stop: Stop) -> None:
    for line in _lines():
        with suppress(ValueError):
            value = float(line)
            if math.isfinite(value) and 0 <= value <= 1:
                predictor.threshold = value
    stop.number = signal.SIGTERM


def _lines() -> Iterator[str]:
    """Read by the system's own call: a buffered reader held by a thread fails at the end."""
    half = b""
    with suppress(OSError):
        while block := os.read(_STDIN, _BLOCK):
            *lines, half = (half + block).split(b"\n")
            for line in lines:
                yield line.decode("ascii", "replace")
