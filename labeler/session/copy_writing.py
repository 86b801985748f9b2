"""A copy that the operator wants: what it would be, and how it is written and checked.

Everything here may run in any thread, and reports through `labeler.progress.Steps`. What writes is
imported where it is first needed: a window opens without it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.dataset import Dataset, open_dataset
from labeler.errors import LabelerError, LabelError
from labeler.labels import DatasetLabels
from labeler.labels.summary import Summary, summarize
from labeler.progress import Cancelled, Steps
from labeler.session.copied import Copied, find_copy
from labeler.session.write_steps import ProgressSteps
from labeler.storage.copying.destination import free_room
from labeler.storage.record.copy_record import Options

if TYPE_CHECKING:
    from labeler.storage.copying.preparation import PreparedCopy

_USUAL = Options()


@dataclass(frozen=True, slots=True)
class CopyWish:
    """A copy that the operator wants; `accept_changed`: although the recording has changed."""

    place: Path
    options: Options = _USUAL
    accept_changed: bool = False

    def prepare(
        self,
        source: Dataset,
        labels: DatasetLabels,
        progress: ProgressSteps | None,
        earlier: "PreparedCopy | None" = None,
    ) -> "PreparedCopy":
        """The copy as it would be written; nothing is written.

        Raises:
            LabelerError: something stands against it.
        """
        from labeler.storage.copying.preparation import prepare

        return prepare(
            source,
            labels,
            self.place,
            self.options,
            accept_changed=self.accept_changed,
            progress=progress,
            earlier=earlier,
        )


def place_of(text: str, source: Path) -> Path:
    """A folder that was typed; a bare name lies beside the recording."""
    return source.parent / Path(text.strip()).expanduser()


@dataclass(frozen=True)
class CopyPreview:
    """What a wish would do to these labels.

    summary: frames of the copy, or of all episodes where there would be none
    undecided: episodes without a decision
    prepared: the copy as it could be written; None where `error` says why not
    free: bytes that may be written where the copy goes
    """

    wish: CopyWish
    summary: Summary
    undecided: tuple[int, ...]
    prepared: "PreparedCopy | None"
    error: LabelerError | None
    free: int

    @property
    def writable(self) -> bool:
        """Whether nothing stands against it."""
        return self.prepared is not None


@dataclass(frozen=True)
class Written:
    """A copy that was written.

    checked: whether it was compared with the recording, too
    notes: sentences about what was recovered or left out
    """

    place: Path
    repo_id: str
    summary: Summary
    updated: bool
    checked: bool
    notes: tuple[str, ...]
    copy: Copied | None

    @property
    def paste_line(self) -> str:
        """How LeRobot opens the copy."""
        return f'LeRobotDataset("{self.repo_id}", root="{self.place}")'


def preview_copy(
    source: Dataset,
    labels: DatasetLabels,
    wish: CopyWish,
    earlier: "PreparedCopy | None" = None,
    work: Steps | None = None,
) -> CopyPreview:
    """Find out what a wish would do; nothing is written."""
    prepared, problem = None, None
    with source:
        try:
            progress = ProgressSteps(work) if work else None
            prepared = wish.prepare(source, labels, progress, earlier)
        except LabelerError as error:
            problem = error
    summary = prepared.summary if prepared else summarize(labels)
    undecided = tuple(labels.without_decision())
    return CopyPreview(wish, summary, undecided, prepared, problem, free_room(wish.place))


def write_labels(work: Steps, root: Path, labels: DatasetLabels, wish: CopyWish) -> Written:
    """Recover what an earlier write left, write the copy, check it against the recording.

    Raises:
        LabelerError: nothing was written, or what was written is not what it should be.
        Cancelled: the user ended it before the copy was there.
    """
    from labeler.storage.checking.check import check_copy
    from labeler.storage.copying.guarded_copy import write_copy
    from labeler.storage.copying.recovery import recover

    progress = ProgressSteps(work)
    notes = recover(wish.place)
    with open_dataset(root) as source:
        if source.lengths.tolist() != list(labels.lengths):
            raise LabelError(
                f"{root} no longer has the episodes that it had when it was opened.",
                "Open it again.",
            )
        prepared = wish.prepare(source, labels, progress)
        write_copy(prepared, progress)
        checked = True
        try:
            check_copy(prepared.destination, against=source, progress=progress)
        except Cancelled:  # the copy is there and complete; only its comparison is left out
            checked = False
        return Written(
            place=prepared.destination,
            repo_id=prepared.repo_id,
            summary=prepared.summary,
            updated=prepared.previous is not None,
            checked=checked,
            notes=(*notes, *prepared.warnings),
            copy=find_copy(prepared.destination, source),
        )
