"""Run by the environment of LeRobot 0.3.3: rewrite a v2.1 dataset as v2.0.

No release of LeRobot on PyPI writes v2.0. The formats differ in `codebase_version` and in where
statistics are: v2.0 has those of the whole dataset in `meta/stats.json`, without `count`.
"""

import json
from pathlib import Path


def to_v20(root):
    """Rewrite the metadata; what 0.3.3 aggregates from the episodes becomes the statistics."""
    from lerobot.datasets.lerobot_dataset import LeRobotDatasetMetadata
    from lerobot.datasets.utils import serialize_dict, write_info, write_json

    meta = LeRobotDatasetMetadata("local/recording", root=Path(root))
    wanted = ("mean", "std", "max", "min")
    stats = {key: {name: found[name] for name in wanted} for key, found in meta.stats.items()}
    write_json(serialize_dict(stats), Path(root) / "meta" / "stats.json")
    (Path(root) / "meta" / "episodes_stats.jsonl").unlink()
    write_info({**meta.info, "codebase_version": "v2.0"}, Path(root))
    return json.loads((Path(root) / "meta" / "info.json").read_text())["codebase_version"]
