"""A merged dataset that the operator wants: what it would be, and how it is written.

Everything here may run in any thread, and reports through `labeler.progress.Steps`.
"""

from collections.abc import Callable, MutableMapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from labeler.collection import Collection, Source
from labeler.collection.agreement import Choices
from labeler.collection.comparison import DifferenceKind, RecordingDifference, compare
from labeler.dataset.features import unfit_cameras
from labeler.errors import LabelerError, UsageError
from labeler.labels.summary import Frames, count_frames
from labeler.progress import Progress, Steps
from labeler.session.copy_writing import Written
from labeler.session.joined import JoinedSession
from labeler.session.write_steps import ProgressSteps
from labeler.storage.copying.destination import default_destination, free_room
from labeler.storage.copying.recovery import recover
from labeler.storage.merging import (
    Findings,
    PreparedMerge,
    Wishes,
    columns_to_write,
    find_out,
    prepare_merge,
    write_merge,
)

Key = tuple[str, ...]
Known = MutableMapping[Key, Findings]
"""What was found out before, by the names of the recordings taken."""
Sources = Callable[[], tuple[Source, ...]]


@dataclass(frozen=True, slots=True)
class MergeWish:
    """A merged dataset that is wanted.

    left_out: names of recordings that are not taken
    without_absent: recordings that are not open may be missing
    """

    place: Path
    wishes: Wishes = field(default_factory=Wishes)
    left_out: frozenset[str] = frozenset()
    without_absent: bool = False

    def select(self, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        """The recordings that are taken."""
        return tuple(source for source in sources if source.name not in self.left_out)


def usual_place(session: JoinedSession) -> Path:
    """A folder beside what was opened that is not there yet."""
    first, *others = session.places
    beside = first if others else first.with_suffix("")  # one alone is a collection file
    place, number = default_destination(beside, "merged"), 2
    while place.exists():
        place = default_destination(beside, f"merged_{number}")
        number += 1
    return place


@dataclass(frozen=True)
class MergePreview:
    """What a wish would do to these labels.

    names: the recordings taken; differences: between them, settled or not
    duplicates: sentences about episodes that are there twice
    renamable: cameras that may need another key: not all recordings have one of that key, or
        LeRobot's classifier does not look for it
    undecided: episodes without a decision, by recording
    episodes, frames: what the dataset would hold; without one, what the recordings hold
    prepared: the merge as it could be written; None where `error` says why not
    free: bytes that may be written where it goes
    """

    wish: MergeWish
    names: tuple[str, ...]
    differences: tuple[RecordingDifference, ...]
    duplicates: tuple[str, ...]
    renamable: tuple[str, ...]
    undecided: dict[str, int]
    episodes: int
    frames: Frames
    prepared: PreparedMerge | None
    error: LabelerError | None
    free: int

    @property
    def writable(self) -> bool:
        """Whether nothing stands against it."""
        return self.prepared is not None


def preview_merge(work: Steps, sources: Sources, wish: MergeWish, known: Known) -> MergePreview:
    """Find out what a wish would do; nothing is written."""
    progress = ProgressSteps(work)
    with ExitStack() as stack:
        collection = _open(stack, sources(), wish)
        findings, prepared, problem = None, None, None
        differences: tuple[RecordingDifference, ...] = ()
        try:
            findings = known.get(collection.names) or _find(collection, progress)
            known[collection.names] = findings
            differences = _differences(collection, wish, findings)
            prepared = _prepare(collection, wish, findings, differences, progress)
        except LabelerError as error:
            problem = error
        twice = findings.duplicates.sentences(collection) if findings else ()
        frames, episodes = _count(collection, prepared)
        return MergePreview(
            wish, collection.names, differences, tuple(twice), _renamable(collection),
            _count_undecided(collection), episodes, frames, prepared, problem,
            free_room(wish.place),
        )  # fmt: skip


def write_merged(work: Steps, sources: Sources, wish: MergeWish) -> Written:
    """Recover what an earlier write left, and write the merged dataset, which is checked then.

    Raises:
        LabelerError: nothing was written.
        Cancelled: the user ended it before the dataset was there.
    """
    progress = ProgressSteps(work)
    notes = recover(wish.place)
    with ExitStack() as stack:
        collection = _open(stack, sources(), wish)
        findings = _find(collection, progress)
        differences = _differences(collection, wish, findings)
        prepared = _prepare(collection, wish, findings, differences, progress)
        write_merge(prepared, progress)
    return Written(
        place=prepared.destination,
        repo_id=prepared.repo_id,
        summary=prepared.summary,
        updated=False,
        checked=True,
        notes=(*notes, *prepared.warnings),
        copy=None,
    )


def _find(collection: Collection, progress: Progress) -> Findings:
    if not len(collection):
        raise UsageError("No recording is chosen.", "Choose at least one.")
    return find_out(collection, progress)


def _prepare(
    collection: Collection,
    wish: MergeWish,
    findings: Findings,
    differences: Sequence[RecordingDifference],
    progress: Progress,
) -> PreparedMerge:
    """The merge; what was chosen about differences that are no more does not count."""
    subjects, choices = {one.subject for one in differences}, wish.wishes.choices
    robot = choices.robot_type if DifferenceKind.ROBOT in subjects else None
    drop = tuple(name for name in choices.drop if name in subjects)
    options = wish.wishes.options.model_copy(update={"camera_keys": _new_keys(collection, wish)})
    wishes = replace(wish.wishes, options=options, choices=Choices(drop=drop, robot_type=robot))
    return prepare_merge(collection, wish.place, wishes, progress, findings)


def _open(stack: ExitStack, sources: tuple[Source, ...], wish: MergeWish) -> Collection:
    for source in sources:
        stack.enter_context(source.dataset)
    return Collection(wish.select(sources))


def _differences(
    collection: Collection, wish: MergeWish, findings: Findings
) -> tuple[RecordingDifference, ...]:
    images = [findings.images[source.name] for source in collection]
    written = columns_to_write(wish.wishes.options)
    return tuple(compare(collection, images, written, _new_keys(collection, wish)))


def _camera_keys(collection: Collection) -> list[set[str]]:
    return [{camera.key for camera in source.dataset.cameras} for source in collection]


def _new_keys(collection: Collection, wish: MergeWish) -> dict[str, str]:
    """Those of the new keys that are for cameras of the recordings taken."""
    known = set().union(*_camera_keys(collection))
    return {old: new for old, new in wish.wishes.options.camera_keys.items() if old in known}


def _renamable(collection: Collection) -> tuple[str, ...]:
    keys = _camera_keys(collection)
    every = dict.fromkeys(one.key for source in collection for one in source.dataset.cameras)
    return tuple(
        key for key in every if unfit_cameras([key]) or not all(key in own for own in keys)
    )


def _count_undecided(collection: Collection) -> dict[str, int]:
    counts = {
        source.name: sum(not label.decided for _, label in source.chosen_labels())
        for source in collection
    }
    return {name: count for name, count in counts.items() if count}


def _count(collection: Collection, prepared: PreparedMerge | None) -> tuple[Frames, int]:
    if prepared is not None:
        return prepared.summary.total, len(prepared.summary.episodes)
    frames, episodes = Frames(), 0
    for source in collection:
        for _, label in source.chosen_labels():
            frames, episodes = frames + count_frames(label), episodes + 1
    return frames, episodes
