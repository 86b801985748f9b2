"""LeRobot's own aggregation, measured; runs under a LeRobot interpreter of 0.6 or newer.

    python lerobot_aggregate.py DESTINATION FORM ROOT...

FORM is `joined` (its default: MP4 files are put together up to 200 MB) or `apart` (one file each,
as Labeler leaves them).
"""

import json
import sys
import time
from pathlib import Path

from lerobot.datasets.aggregate import aggregate_datasets


def main() -> None:
    destination, form, *roots = sys.argv[1:]
    clock = time.perf_counter()
    aggregate_datasets(
        [f"local/part{number}" for number in range(len(roots))],
        "local/merged",
        roots=[Path(root) for root in roots],
        aggr_root=Path(destination),
        concatenate_videos=form == "joined",
        concatenate_data=form == "joined",
    )
    print(json.dumps({form: time.perf_counter() - clock}))


if __name__ == "__main__":
    main()
