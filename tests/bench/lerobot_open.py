"""LeRobot's own opening of a dataset's metadata, measured; runs under a LeRobot interpreter.

    python lerobot_open.py ROOT

Without the imports. For v3.0, so LeRobot 0.4.4 or newer.
"""

import json
import sys
import time
from pathlib import Path

from lerobot.datasets.lerobot_dataset import LeRobotDatasetMetadata


def main() -> None:
    clock = time.perf_counter()
    metadata = LeRobotDatasetMetadata("local/bench", root=Path(sys.argv[1]))
    assert metadata.total_episodes == len(metadata.episodes)
    print(json.dumps({"open": time.perf_counter() - clock}))


if __name__ == "__main__":
    main()
