"""Our side, in a process of its own; prints a line of JSON: milliseconds' samples in seconds.

    python -m tests.bench.video.child ROOT PLAN.json

Each time is from `want` to the picture converted for the screen, threads in between included.
`random` keeps nothing but what is shown, so that every frame is decoded; the steps run as fast as
pictures come, those that are `held` as a key repeats that is held down. `decoding: random` are the
same frames as RGB from the reader alone, which is what LeRobot's function does.
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue

from labeler.dataset import Dataset, open_dataset
from labeler.video import BgraConverter, FrameKey, FrameReader, FrameSupply
from tests.bench.video.clips import CAMERA, EPISODES
from tests.labeler.video.listening import idle

_STATUS = Path("/proc/self/statm")
_PATIENCE = 60.0


class Viewer:
    """Shows places one after the other and notes how long each took."""

    def __init__(self, dataset: Dataset, memory: int | None = None) -> None:
        self._ready: SimpleQueue[FrameKey] = SimpleQueue()
        self.supply = FrameSupply(dataset, self._ready.put, memory)
        self._dataset = dataset
        self._convert = BgraConverter()

    def show(self, frame_in_file: int, direction: int = 0) -> float:
        episode, frame = _place(self._dataset, frame_in_file)
        key = FrameKey(episode, CAMERA, frame)
        start = time.perf_counter()
        self.supply.want(key.episode, key.frame, [CAMERA], direction)
        while (picture := self.supply.get(key)) is None:
            self._ready.get(timeout=_PATIENCE)
        self._convert(picture)
        return time.perf_counter() - start


def main() -> None:
    root, file = sys.argv[1:]
    dataset = open_dataset(root)
    plan = json.loads(Path(file).read_text())
    places, pauses = plan["places"], plan["pauses"]
    result = {
        "random": _shown(dataset, places["random"], memory=0),
        "decoding: random": _read(dataset, places["random"]),
        "forward": _shown(dataset, places["forward"], 1),
        "held": _shown(dataset, places["held"], 1, pause=pauses["held"]),
        "backward": _shown(dataset, places["backward"], -1),
        **_next_episodes(dataset),
    }
    print(json.dumps(result))


def _shown(
    dataset: Dataset,
    frames: Sequence[int],
    direction: int = 0,
    memory: int | None = None,
    pause: float = 0.0,
) -> list[float]:
    viewer = Viewer(dataset, memory)
    viewer.show(frames[0], direction)  # opens the file
    seconds = []
    for frame in frames:
        time.sleep(pause)
        seconds.append(viewer.show(frame, direction))
    viewer.supply.close()
    return seconds


def _read(dataset: Dataset, frames: Sequence[int]) -> list[float]:
    reader = FrameReader(dataset, CAMERA)
    reader.frame(*_place(dataset, frames[0]))  # opens the file
    seconds = []
    for frame_in_file in frames:
        start = time.perf_counter()
        reader.frame(*_place(dataset, frame_in_file))
        seconds.append(time.perf_counter() - start)
    reader.close()
    return seconds


def _place(dataset: Dataset, frame_in_file: int) -> tuple[int, int]:
    starts = dataset.lengths.cumsum() - dataset.lengths
    episode = int((starts <= frame_in_file).sum()) - 1
    return episode, frame_in_file - int(starts[episode])


def _next_episodes(dataset: Dataset) -> dict[str, list[float]]:
    """First picture of the next episodes, prefetched and not, and memory when all are there."""
    starts = (dataset.lengths.cumsum() - dataset.lengths).tolist()
    cold = []
    for start in starts:
        viewer = Viewer(dataset)
        cold.append(viewer.show(start))
        viewer.supply.close()
    before = _resident()
    viewer = Viewer(dataset)
    viewer.show(0)
    viewer.supply.plan(range(1, EPISODES))
    idle(viewer.supply)
    ready = [viewer.show(start) for start in starts[1:]]
    used, resident = viewer.supply.size, _resident() - before
    viewer.supply.close()
    memory = {"cache bytes": [float(used)], "resident bytes": [float(resident)]}
    return {"first paint, cold": cold, "first paint, prefetched": ready, **memory}


def _resident() -> int:
    return int(_STATUS.read_text().split()[1]) * 4096 if _STATUS.exists() else 0


if __name__ == "__main__":
    main()
