"""From a dataset's folder and a label file to everything that a session starts with."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from labeler.dataset import Dataset, open_dataset
from labeler.dataset.labels_of import labels_of_file, quick_identity
from labeler.errors import StorageError
from labeler.labels import Crop, DatasetIdentity, DatasetLabels, EpisodeLabel
from labeler.labels.dialects import Dialect, Imported, dialect_of, read_labels
from labeler.labels.wording import plural
from labeler.session.autosave import NOTHING, Before, conflict_sentence
from labeler.session.default_places import default_file
from labeler.session.entries import Replayed, replay
from labeler.session.events import SaveState
from labeler.storage.labels.journal_lines import VERSION, JournalContent, read_journal
from labeler.storage.labels.label_journal import Journal
from labeler.storage.labels.open_label_file import Disk, OpenLabelFile, real_path

OnStep = Callable[[str], None]


@dataclass
class Opened:
    """What a session starts with.

    `since` is what the journal changes of the file. `foreign` are labels of another dialect, still
    to be imported. `by_default` means that the file lies where labels lie if the user does not say.
    """

    dataset: Dataset
    file: OpenLabelFile
    journal: Journal | None
    labels: dict[int, EpisodeLabel]
    identity: DatasetIdentity
    state: SaveState
    crops: Mapping[str, Crop]
    since: Before = NOTHING
    foreign: Imported | None = None
    by_default: bool = False
    notes: list[str] = field(default_factory=list)


@contextmanager
def loading() -> Iterator[None]:
    """Keep the garbage collector away while many labels are made, and from them afterwards.

    It would go through all of them again and again: measured, a third of the time of opening
    100,000 labelled episodes, and a stop of all threads at any later moment.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def open_all(
    root: Path,
    labels_file: Path | None,
    on_step: OnStep,
    first_frame: int | None = None,
    first_episode: int | None = None,
) -> Opened:
    """Open the dataset, hold and read the labels, replay what an interrupted session left.

    Raises:
        DatasetError: the dataset cannot be opened.
        LabelError: the label file cannot be understood or belongs to another dataset.
        RefusedError: the label file lies inside a dataset.
        StorageError: the label file or its journal cannot be read.
    """
    on_step("Opening the recording")
    dataset = open_dataset(root)
    try:
        on_step("Reading the labels")
        foreign: Imported | None = None
        lengths = dataset.lengths.tolist()
        if labels_file is not None and _is_foreign(labels_file, lengths):
            foreign = labels_of_file(
                dataset, labels_file, first_frame=first_frame, first_episode=first_episode
            )
            labels_file = None
        place = default_file(dataset) if labels_file is None else labels_file
        opened = _hold(dataset, OpenLabelFile(real_path(place), dataset.root))
        opened.foreign, opened.by_default = foreign, labels_file is None
        return opened
    except BaseException:
        dataset.close()
        raise


def _is_foreign(file: Path, lengths: list[int]) -> bool:
    place = file.expanduser()
    return place.exists() and dialect_of(place, lengths) is not Dialect.LABELER


def _hold(dataset: Dataset, file: OpenLabelFile) -> Opened:
    state = SaveState(file.path)
    try:
        file.hold()
    except StorageError as error:
        state = _read_only(state, error)
    try:
        return _load(dataset, file, state)
    except BaseException:
        file.release()
        raise


def _read_only(state: SaveState, error: StorageError) -> SaveState:
    return replace(state, read_only=error.message, cures=error.cures)


def _load(dataset: Dataset, file: OpenLabelFile, state: SaveState) -> Opened:
    on_disk = read_file(file, dataset)
    labels = on_disk.touched
    found = read_journal(file.journal_path)
    replayed = replay(found.entries, dataset.lengths)
    both = {**labels, **replayed.last}
    crops = on_disk.crops if replayed.crops is None else replayed.crops
    opened = Opened(dataset, file, None, both, on_disk.identity, state, crops)
    opened.since = Before(dict.fromkeys(replayed.last), None if replayed.crops is None else {})
    if state.read_only:
        return opened
    try:
        _take_over(opened, found, replayed)
    except StorageError as error:
        file.release()
        opened.state = _read_only(state, error)
        return opened
    opened.state = replace(
        state,
        pending=len(replayed.steps),
        conflict="" if found.belongs_to(file.digest) else conflict_sentence(file),
        problem=" ".join(opened.notes),
        recovered=replayed.new(labels),
    )
    if opened.state.conflict:
        file.expect(found.base)
    return opened


def read_file(file: OpenLabelFile, dataset: Dataset) -> DatasetLabels:
    """What the label file says, which is then known to be as it is; nothing without a file.

    Raises:
        LabelError: the file cannot be understood or belongs to another dataset.
        StorageError: it cannot be read.
    """
    lengths = dataset.lengths.tolist()
    while file.remember():
        labels = read_labels(file.path, lengths).labels
        if file.look() is Disk.SAME:  # not replaced meanwhile
            known = quick_identity(dataset)
            return labels.with_identity(replace(known, fingerprint=labels.identity.fingerprint))
    return DatasetLabels(lengths, identity=quick_identity(dataset))


def _take_over(opened: Opened, found: JournalContent, replayed: Replayed) -> None:
    """Go on with the journal that lies there, cleaned of what cannot be read."""
    file = opened.file
    whole = _is_whole(found, replayed)
    if not whole:
        opened.notes.append(_keep_aside(file, found, replayed))
    base = file.digest if found.belongs_to(file.digest) else found.base
    if replayed.steps and whole and found.version == VERSION:
        opened.journal = Journal(file.journal_path, found.base, found.lines)
        opened.journal.open()
        return
    opened.journal = Journal(file.journal_path)
    opened.journal.restart(base, replayed.entries)


def _is_whole(found: JournalContent, replayed: Replayed) -> bool:
    return not (found.damaged or found.rest or found.missing) and replayed.complete


def _keep_aside(file: OpenLabelFile, found: JournalContent, replayed: Replayed) -> str:
    """Keep what cannot be replayed, and say what was lost and where it is."""
    if found.damaged or found.missing or not replayed.complete:
        aside = file.keep_aside(found.raw, "damaged", beside=file.journal_path)
        lost = f" At least {found.missing} of its lines are lost." if found.missing else ""
        return (
            "The journal of an interrupted session is damaged; "
            f"{plural(len(replayed.steps), 'decision')} "
            f"{'was' if len(replayed.steps) == 1 else 'were'} recovered.{lost} "
            f"It is kept as {aside.name}."
        )
    aside = file.keep_aside(found.rest, "torn", beside=file.journal_path)
    return (
        "The last line of an interrupted session's journal is incomplete and was not recovered. "
        f"What is left of it is kept as {aside.name}."
    )
