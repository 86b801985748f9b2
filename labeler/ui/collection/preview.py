"""What a merge would do, found out off the window's thread before anything is written."""

from collections.abc import Callable, MutableMapping
from contextlib import ExitStack
from dataclasses import dataclass

from labeler.collection import Collection, Source
from labeler.collection.comparison import Difference, compare
from labeler.errors import LabelerError, UsageError
from labeler.labels.summary import Frames, count_frames
from labeler.storage.destination import free_room
from labeler.storage.merging import (
    Findings,
    PreparedMerge,
    find_out,
    prepare_merge,
    write_merge,
    written_columns,
)
from labeler.storage.recovery import recover
from labeler.ui.collection.wish import MergeWish
from labeler.ui.work import Work
from labeler.ui.writing.copying import Written
from labeler.ui.writing.report import Reporting

Key = tuple[str, ...]
Known = MutableMapping[Key, Findings]
"""What was found out before, by the names of the recordings taken."""
Sources = Callable[[], tuple[Source, ...]]


@dataclass(frozen=True)
class MergePreview:
    """What a wish would do to these labels.

    names: the recordings taken; differences: between them, settled or not
    duplicates: sentences about episodes that are there twice
    undecided: episodes without a decision, by recording
    episodes, frames: what the dataset would hold; without one, what the recordings hold
    prepared: the merge as it could be written; None where `error` says why not
    free: bytes that may be written where it goes
    """

    wish: MergeWish
    names: tuple[str, ...]
    differences: tuple[Difference, ...]
    duplicates: tuple[str, ...]
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


def make_merge_preview(work: Work, sources: Sources, wish: MergeWish, known: Known) -> MergePreview:
    """Find out what a wish would do; nothing is written."""
    progress = Reporting(work)
    with ExitStack() as stack:
        collection = _opened(stack, sources(), wish)
        findings = None
        prepared, problem = None, None
        differences: tuple[Difference, ...] = ()
        try:
            _check_any(collection)
            findings = known.get(collection.names) or find_out(collection, progress)
            known[collection.names] = findings
            differences = tuple(_differences(collection, wish, findings))
            prepared = prepare_merge(collection, wish.place, wish.wishes, progress, findings)
        except LabelerError as error:
            problem = error
        twice = findings.duplicates.sentences(collection) if findings else ()
        undecided = {
            source.name: count
            for source in collection
            if (count := sum(not label.decided for _, label in source.chosen_labels()))
        }
        frames, episodes = _counted(collection, prepared)
        return MergePreview(
            wish, collection.names, differences, tuple(twice), undecided, episodes, frames,
            prepared, problem, free_room(wish.place),
        )  # fmt: skip


def merge(work: Work, sources: Sources, wish: MergeWish) -> Written:
    """Recover what an earlier write left, and write the merged dataset, which is checked then.

    Raises:
        LabelerError: nothing was written.
        Cancelled: the user ended it before the dataset was there.
    """
    progress = Reporting(work)
    notes = recover(wish.place)
    with ExitStack() as stack:
        collection = _opened(stack, sources(), wish)
        _check_any(collection)
        prepared = prepare_merge(collection, wish.place, wish.wishes, progress)
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


def _opened(stack: ExitStack, sources: tuple[Source, ...], wish: MergeWish) -> Collection:
    for source in sources:
        stack.enter_context(source.dataset)
    return Collection(wish.taken(sources))


def _check_any(collection: Collection) -> None:
    if not len(collection):
        raise UsageError("No recording is chosen.", "Choose at least one.")


def _differences(collection: Collection, wish: MergeWish, findings: Findings) -> list[Difference]:
    pictures = [findings.pictures[source.name] for source in collection]
    return compare(collection, pictures, written_columns(wish.wishes.options))


def _counted(collection: Collection, prepared: PreparedMerge | None) -> tuple[Frames, int]:
    if prepared is not None:
        return prepared.summary.total, len(prepared.summary.episodes)
    frames, episodes = Frames(), 0
    for source in collection:
        for _, label in source.chosen_labels():
            frames, episodes = frames + count_frames(label), episodes + 1
    return frames, episodes
