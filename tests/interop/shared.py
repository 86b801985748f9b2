"""Datasets of others (those in tests/recordings, samples beside the checkout), and model cards."""

import json
import os
from pathlib import Path
from typing import Any

from tests.interop.releases import HERE, Release
from tests.recordings import ROOTS

SHARED = Path(os.environ.get("LABELER_SHARED", HERE.parents[2] / "shared"))
DATASETS = [
    *ROOTS,
    *sorted(path.parents[1] for path in SHARED.glob("datasets/*/meta/info.json")),
]
CHECKER = SHARED / "check_labels.py"
READABLE = {"v2.1": ("v2.0", "v2.1"), "v3.0": ("v3.0",)}


def version(root: Path) -> str:
    """`codebase_version` of a dataset."""
    info = json.loads((root / "meta" / "info.json").read_text(encoding="utf-8"))
    return str(info["codebase_version"])


def reads(release: Release, root: Path) -> bool:
    """Whether the release reads datasets of that version."""
    return version(root) in READABLE[release.codebase_version]


def card_of(checkpoint: Path) -> dict[str, Any]:
    """The settings for the robot's environment that the model card of a checkpoint shows."""
    card = (checkpoint / "README.md").read_text()
    block: dict[str, Any] = json.loads(card.split("```json")[1].split("```")[0])
    return block
