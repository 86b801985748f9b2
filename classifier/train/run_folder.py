"""The folder of a run, laid out as LeRobot lays it out.

`checkpoints/000500/{pretrained_model,training_state}`, links `checkpoints/last` and `best`,
`train_config.json`, `metrics.jsonl`, `report.html`, `report.json`. Every file and checkpoint is
there as a whole or not at all.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from classifier import output
from classifier.config import TrainConfig, config_text
from classifier.train.snapshot import FOLDER, Snapshot, read_snapshot, snapshot_files
from labeler.cures import ChooseRunFolder, GiveRun, ResumeOrChooseRunFolder
from labeler.errors import RefusedError, UsageError

CONFIG, METRICS = "train_config.json", "metrics.jsonl"
PROBABILITIES_FILE = "probabilities.parquet"
_CHECKPOINTS = "checkpoints"
_DIGITS = 6


def default_folder(config: TrainConfig, now: datetime) -> Path:
    """`outputs/train/<date>/<time>_<job>`, as LeRobot names it."""
    job = config.job_name or "reward_classifier"
    return Path("outputs") / "train" / f"{now:%Y-%m-%d}" / f"{now:%H-%M-%S}_{job}"


class RunFolder:
    """One run's folder; nobody else writes it while this is open. Close it at the end."""

    def __init__(self, root: Path, resume: bool, aside: Path | None = None) -> None:
        """Open the folder of a run to be resumed, or a new one.

        What is there already goes to `aside`; without that it has to be free.
        """
        self.root = root.expanduser().absolute()
        output.require_outside_datasets(self.root)
        if aside is not None and not resume and self.root.is_dir():
            output.release(output.hold_folder(self.root))
            output.set_aside(self.root, aside)
        self._require(resume)
        output.make_folders(self.root)
        self._lock = output.hold_folder(self.root)
        output.remove_all_staged(self.root / _CHECKPOINTS)
        output.remove_all_staged(self.root)

    def close(self) -> None:
        """Let others use the folder."""
        output.release(self._lock)

    def write_config(self, config: TrainConfig) -> None:
        """Keep the settings of the run."""
        output.rewrite(self.root / CONFIG, config_text(config).encode())

    def write(self, name: str, data: bytes) -> Path:
        """Write or replace one file."""
        path = self.root / name
        output.rewrite(path, data)
        return path

    def path_of(self, step: int) -> Path:
        """Folder of the checkpoint of a step."""
        return self.root / _CHECKPOINTS / f"{step:0{_DIGITS}d}"

    @property
    def refit(self) -> Path:
        """Folder of the classifier that was trained on every frame."""
        return self.root / _CHECKPOINTS / "refit"

    def save(self, snapshot: Snapshot, model_files: Mapping[str, bytes], run: str) -> Path:
        """Write the checkpoint of a snapshot, unless there is one of that step already.

        Raises:
            StorageError: it cannot be written; earlier ones are as they were.
        """
        target = self.path_of(snapshot.progress.step)
        if target.exists():
            return target
        with output.new_folder(target) as staged:
            for name, data in model_files.items():
                output.write_file(staged / "pretrained_model" / name, data)
            for name, data in snapshot_files(snapshot, run).items():
                output.write_file(staged / FOLDER / name, data)
        return target

    def point(self, link: str, step: int) -> None:
        """Make `last` or `best` mean the checkpoint of a step."""
        output.relink(self.root / _CHECKPOINTS / link, self.path_of(step).name)

    def prune(self, keep: Iterable[int]) -> None:
        """Remove the checkpoints of all other steps."""
        kept = {self.path_of(step).name for step in keep}
        for path in (self.root / _CHECKPOINTS).glob("[0-9]*"):
            if path.name not in kept:
                output.remove_tree(path)

    def read(self, run: str) -> tuple[Snapshot | None, Snapshot | None]:
        """The last snapshot and the best one until then; None where no checkpoint was written.

        Raises:
            UsageError: they cannot be resumed from.
        """
        last = self.root / _CHECKPOINTS / "last"
        if not last.exists():
            return None, None
        found = read_snapshot(last, run)
        # Not by the link `best`: a kill may have come between the two links.
        best = self.path_of(found.progress.best_step)
        return found, read_snapshot(best, run) if best.exists() else None

    def append(self, values: Mapping[str, Any]) -> None:
        """Add a line to the metrics."""
        output.append_line(self.root / METRICS, json.dumps(values))

    def metrics(self) -> list[dict[str, Any]]:
        """The lines of the metrics; one that a kill cut off is left out."""
        path = self.root / METRICS
        found = []
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found

    def rewind_metrics(self, step: int) -> None:
        """Forget what was measured after a step that training goes on from."""
        kept = [values for values in self.metrics() if values["step"] <= step]
        text = "".join(f"{json.dumps(values)}\n" for values in kept)
        output.rewrite(self.root / METRICS, text.encode())

    def _require(self, resume: bool) -> None:
        holds_run = (self.root / CONFIG).is_file()
        if resume:
            if not holds_run:
                raise UsageError(
                    f"{self.root} holds no run to resume.",
                    GiveRun(),
                )
            return
        if holds_run or (self.root.is_dir() and self._others()):
            what = "another run" if holds_run else "other files"
            raise RefusedError(f"{self.root} holds {what}.", ResumeOrChooseRunFolder())
        if self.root.exists() and not self.root.is_dir():
            raise RefusedError(f"{self.root} is not a folder.", ChooseRunFolder())

    def _others(self) -> bool:
        """Whether there are files but for what a run leaves that was killed at its very start."""
        return any(
            path.name != output.LOCK and not output.is_staged(path) for path in self.root.iterdir()
        )
