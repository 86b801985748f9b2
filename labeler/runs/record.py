"""A training's folder in the user's data folder, and what is written down about it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from labeler.contracts.cluster_answer import LOCAL
from labeler.contracts.report import FILE as REPORT_FILE
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.document import to_text
from labeler.storage.program.training_runs import make_run_folder, write_run_file, write_run_record

_RECORD = "run.json"
_LONGEST_NAME = 80  # letters


class RunRecord(BaseModel):
    """What a window that comes later has to know.

    pid, born: the process that was started last, see `labeler.runs.process`
    stopping: whether that process was asked to stop
    labels: fingerprint of the labels trained on
    name: what the operator calls it; empty where its time is its name
    place: where its frames are encoded, as `labeler-train --on` takes it
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    root: str
    created: datetime
    labels: str = ""
    pid: int = 0
    born: str = ""
    stopping: bool = False
    name: str = ""
    place: str = LOCAL


@dataclass(frozen=True)
class Run:
    """One training: settings, a copy of the labels, events, log, and the trainer's own folder."""

    folder: Path
    record: RunRecord

    @property
    def settings(self) -> Path:
        """LeRobot's training configuration."""
        return self.folder / "train.json"

    @property
    def labels(self) -> Path:
        """The labels as they were when training began."""
        return self.folder / "labels.json"

    @property
    def events(self) -> Path:
        """What the process tells."""
        return self.folder / "events.jsonl"

    @property
    def log(self) -> Path:
        """What the process prints."""
        return self.folder / "log.txt"

    @property
    def output(self) -> Path:
        """The trainer's folder with checkpoints and report."""
        return self.folder / "run"

    @property
    def report(self) -> Path:
        """Figures of a finished run."""
        return self.output / REPORT_FILE

    @property
    def out_of_fold(self) -> Path:
        """Probabilities of frames predicted without their episode; only there with folds."""
        return self.output / "probabilities.parquet"

    @property
    def scores(self) -> Path:
        """Probabilities that were asked for after the training."""
        return self.folder / "scores.parquet"

    @property
    def checkpoint(self) -> Path:
        """The checkpoint for the robot: trained on all episodes if there is one, else the best."""
        refit = self.output / "checkpoints" / "refit" / "pretrained_model"
        return refit if refit.is_dir() else refit.parents[1] / "best" / "pretrained_model"

    @property
    def title(self) -> str:
        """How a sentence calls it, by its name or its local time."""
        if self.record.name:
            return f"the training “{self.record.name}”"
        return f"the training of {self.record.created.astimezone():%d %b %H:%M}"

    @property
    def can_resume(self) -> bool:
        """Whether the trainer left something to go on from."""
        return (self.output / "train_config.json").is_file()

    def renamed(self, name: str) -> "Run":
        """The run with another name, on one line; an empty one leaves its time.

        Raises:
            StorageError: it could not be written.
        """
        return self.with_record(name=" ".join(name.split())[:_LONGEST_NAME])

    def with_record(self, **changes: object) -> "Run":
        """The run with another record, which is on the disk when this returns.

        Raises:
            StorageError: it could not be written.
        """
        record = self.record.model_copy(update=changes)
        write_run_record(self.folder / _RECORD, record.model_dump(mode="json"))
        return replace(self, record=record)


def make_run(
    parent: Path, root: Path, labels: DatasetLabels, settings: str, place: str = LOCAL
) -> Run:
    """Make the folder of a new run with labels and settings, before there is a process.

    place: where its frames are to be encoded, as in `RunRecord`

    Raises:
        StorageError: it could not be written.
    """
    now = datetime.now(UTC)
    folder = make_run_folder(parent, now)
    known = fingerprint(labels)
    run = Run(folder, RunRecord(root=str(root), created=now, labels=known, place=place))
    write_run_file(run.labels, to_text(labels))
    write_run_file(run.settings, settings)
    write_run_file(run.log, "")
    return run.with_record()


def runs_in(parent: Path) -> Iterator[Run]:
    """Runs of a recording, oldest first; folders that are none are left out."""
    for file in sorted(parent.glob(f"*/{_RECORD}")):
        try:
            record = RunRecord.model_validate_json(file.read_bytes())
        except (OSError, ValidationError):
            continue
        yield Run(file.parent, record)


def fingerprint(labels: DatasetLabels) -> str:
    """8 hex digits that change with what is trained on: not with notes, authors and times."""
    digest = hashlib.sha256()
    for index, label in labels.touched.items():
        digest.update(f"{index} {meaning(label)}\n".encode())
    return digest.hexdigest()[:8]


def meaning(label: EpisodeLabel) -> tuple[object, ...]:
    """What of a label a training sees."""
    return (label.state.value, label.success, label.excluded)
