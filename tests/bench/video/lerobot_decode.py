"""LeRobot's own way to read frames of a video, measured; runs under a LeRobot interpreter.

    python lerobot_decode.py PLAN.json BACKEND...

PLAN is `{"path": MP4, "fps": f, "places": {NAME: [frame, ...], ...}, "pauses": {NAME: seconds}}`,
frames counted in the file. Each is asked for by itself, as a viewer does, after a pause where one
is named: `decode_video_frames` with one time.
Prints for each backend the seconds of each call by name, or why it does not run.
"""

import json
import sys
import time
from pathlib import Path

TOLERANCE = 1e-4


def main() -> None:
    file, *backends = sys.argv[1:]
    plan = json.loads(Path(file).read_text())
    print(json.dumps({backend: _measured(backend, plan) for backend in backends}))


def _measured(backend: str, plan: dict) -> dict[str, list[float]] | str:
    try:
        decode = _decoder(backend)
    except (ImportError, RuntimeError, OSError) as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    decode(plan["path"], [0.0])  # what is loaded with the first frame is no work
    return {name: _timed(decode, plan, name) for name in plan["places"]}


def _decoder(backend: str):
    try:
        from lerobot.datasets.video_utils import decode_video_frames
    except ImportError:  # 0.3.3
        from lerobot.common.datasets.video_utils import decode_video_frames
    if backend == "torchcodec":
        import torchcodec.decoders  # noqa: F401 - LeRobot finds out too late that it does not load
    return lambda path, times: decode_video_frames(path, times, TOLERANCE, backend)


def _timed(decode, plan: dict, name: str) -> list[float]:
    seconds = []
    for frame in plan["places"][name]:
        time.sleep(plan["pauses"].get(name, 0))
        start = time.perf_counter()
        found = decode(plan["path"], [frame / plan["fps"]])
        seconds.append(time.perf_counter() - start)
        assert found.shape[0] == 1
    return seconds


if __name__ == "__main__":
    main()
