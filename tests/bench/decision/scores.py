"""Probabilities of episodes by classifiers that did not see them, kept for the next look at rules.

Writing, encoding and training a task take a minute or more; looking at rules takes none.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from classifier.data import possible_columns
from labeler.dataset import open_dataset
from labeler.decision import FrameScores
from labeler.labels.dialects import read_labels
from labeler.labels.rewards import success_mask
from tests.bench.decision.tasks import TASKS

_FOLDS = 8


def scores_of(
    task: str, episodes: int, encoder: str, kept: Path | None
) -> tuple[FrameScores, float]:
    """Out-of-fold probabilities with labels and all columns that gates could compare; and fps.

    encoder: as `--policy.model_name` takes it
    kept: folder in which they are looked for, and left
    """
    name = f"{task}-{episodes}-{Path(encoder).name}.npz".replace(" ", "-")
    if kept is not None and (kept / name).exists():
        return _read(kept / name)
    with tempfile.TemporaryDirectory(dir=kept) as folder:
        root, labels, camera = TASKS[task](Path(folder), episodes)
        found = _trained(root, labels, camera, encoder, Path(folder) / "run")
    if kept is not None:
        _write(kept / name, *found)
    return found


def _trained(
    root: Path, labels: Path, camera: str, encoder: str, run: Path
) -> tuple[FrameScores, float]:
    command = [sys.executable, "-m", "classifier", str(root), f"--labels={labels}"]
    command += [f"--camera={camera}", f"--policy.model_name={encoder}", f"--train.folds={_FOLDS}"]
    command += [f"--output_dir={run}", "--save_checkpoint=false"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"labeler-train failed:\n{done.stderr[-2000:]}")
    table = pq.read_table(run / "probabilities.parquet")
    with open_dataset(root) as dataset:
        known = read_labels(labels, dataset.lengths.tolist()).labels
        decided = [e for e, label in enumerate(known) if label.decided]
        table = table.filter(pc.is_in(table["episode"], pa.array(decided, table["episode"].type)))
        table = table.sort_by([("episode", "ascending"), ("frame", "ascending")])
        episodes, frames = (
            table[name].to_numpy().astype(np.int64) for name in ("episode", "frame")
        )
        columns, fps = possible_columns(dataset, episodes, frames), dataset.fps
    masks = {e: success_mask(known[e]) for e in decided}
    success = np.array(
        [masks[e][f] for e, f in zip(episodes.tolist(), frames.tolist(), strict=True)]
    )
    found = table["probability"].to_numpy().astype(np.float64)
    return FrameScores(episodes, frames, found, success, columns), fps


def _write(file: Path, scores: FrameScores, fps: float) -> None:
    named = {f"column {name}": values for name, values in scores.columns.items()}
    np.savez_compressed(
        file, fps=fps, episodes=scores.episodes, frames=scores.frames, labels=scores.labels,
        probabilities=scores.probabilities, **named,
    )  # fmt: skip


def _read(file: Path) -> tuple[FrameScores, float]:
    with np.load(file) as kept:
        columns = {
            name.removeprefix("column "): kept[name]
            for name in kept.files
            if name.startswith("column ")
        }
        arrays = (kept[name] for name in ("episodes", "frames", "probabilities", "labels"))
        return FrameScores(*arrays, columns), float(kept["fps"])
