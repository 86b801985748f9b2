"""Runs that refresh suggestions: which labels are enough, their folder, what they leave.

Everything here may run in any thread. There is one folder beside the trainings, `suggestions`, with
a folder per run in it; a run counts once its probabilities are there, which is in one instant, and
the runs before it are removed only then.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.errors import LabelerError, StorageError
from labeler.labels import DatasetLabels
from labeler.labels.rewards import exclusion_mask, success_mask
from labeler.review import Scores, read_scores
from labeler.runs import process
from labeler.runs.encoders import has_encoder
from labeler.runs.record import Run, fingerprint, make_run, runs_in
from labeler.storage.program.training_runs import remove_run

if TYPE_CHECKING:
    from classifier.config import TrainConfig

FOLDER = "suggestions"
NO_ENCODER = "once there is an encoder on this machine"
"""Why no run is begun: nothing is fetched that nobody asked for."""
ENOUGH = 4
"""Labelled episodes from which on a classifier is worth its suggestions."""
_BOTH = 2  # episodes with frames of a kind: whichever is held out, training sees the kind


@dataclass(frozen=True)
class Wanted:
    """What a run is asked for.

    folder: of all trainings on the recording; settings: of a training to take the encoder from
    known: fingerprint of the labels on which suggestions rest already
    """

    folder: Path
    root: Path
    labels: Callable[[], DatasetLabels]
    settings: Path | None
    camera: str
    known: str


def prepare_refresh(wanted: Wanted) -> Run | str:
    """The folder of a new run, or why there is none: a few words, or none where all is known.

    Raises:
        LabelerError: it could not be written, or the settings could not be read.
    """
    labels = wanted.labels()
    if missing := what_is_missing(labels):
        return missing
    if fingerprint(labels) == wanted.known:
        return ""
    settings = _settings(wanted)
    if not has_encoder(settings.reward_model.model_name):
        return NO_ENCODER
    parent = wanted.folder / FOLDER
    for run in runs_in(parent):
        if not _is_whole(run) and not _is_at_work(run):
            remove_run(run.folder)
    from classifier.config import config_text  # where a run begins: a window opens without it

    run = make_run(parent, wanted.root, labels, config_text(settings))
    pid = os.getpid()
    return run.with_record(pid=pid, born=process.birth(pid))


def what_is_missing(labels: DatasetLabels) -> str:
    """What has to be labelled before there are suggestions; empty if nothing.

    Four episodes. Not four of each state, and no state is asked for: recordings without a single
    failed episode are common, and an episode that succeeds shows both kinds of frames. But both
    kinds have to be in two episodes, for every episode is predicted by a classifier without it.
    """
    decided = [label for label in labels.touched.values() if label.decided]
    if len(decided) < ENOUGH:
        return f"from {ENOUGH} labels on"
    success = failure = 0
    for label in decided:
        counted = success_mask(label)[~exclusion_mask(label)]
        success += bool(counted.any())
        failure += not counted.all()
    if success < _BOTH:
        return "once 2 episodes succeed"
    return "once 2 episodes show failure" if failure < _BOTH else ""


def arguments(run: Run) -> list[str]:
    """What the trainer is told; it leaves all cores but one to others."""
    return [
        run.record.root,
        f"--config_path={run.settings}",
        f"--labels={run.labels}",
        f"--output_dir={run.output}",
        "--train.threads=1",
        "--events=-",
        "--attached",
    ]


def take_scores(folder: Path, run: Run, lengths: list[int]) -> Scores:
    """The probabilities of a run that is over; the runs before it are removed.

    Raises:
        LabelerError: they cannot be read.
    """
    scores = read_scores(run.out_of_fold, lengths)
    for other in runs_in(folder / FOLDER):
        if other.folder != run.folder and not _is_at_work(other):
            with suppress(StorageError):  # tried again the next time
                remove_run(other.folder)
    return scores


def newest(folder: Path, lengths: list[int]) -> tuple[Run, Scores] | None:
    """What an earlier session left; None if there is nothing, or nothing that fits."""
    for run in reversed(list(runs_in(folder / FOLDER))):
        if _is_whole(run):
            with suppress(LabelerError):
                return run, read_scores(run.out_of_fold, lengths)
    return None


def _settings(wanted: Wanted) -> "TrainConfig":
    from classifier.config import for_suggestions, read_settings, settings_of

    if wanted.settings is not None:
        return for_suggestions(read_settings(wanted.settings).config)
    cameras = {"cameras": [wanted.camera]} if wanted.camera else {}
    return for_suggestions(settings_of({"train": cameras}, "The window").config)


def _is_whole(run: Run) -> bool:
    return run.out_of_fold.is_file()


def _is_at_work(run: Run) -> bool:
    """Whether another window waits for it: an attached run ends with its window."""
    other = run.record.pid != os.getpid()
    return other and not _is_whole(run) and process.alive(run.record.pid, run.record.born)
