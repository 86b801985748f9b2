"""Everything about a merge that can be found out, and refused, before a byte is written."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from labeler.collection import Collection, Source
from labeler.collection.agreement import Agreement, Choices, agree
from labeler.collection.balance import Balance, balance_of
from labeler.collection.duplicates import Duplicates, find_duplicates
from labeler.collection.image_facts import ImageFacts, probe_images
from labeler.cures import SettleDuplicates
from labeler.dataset import DONE, REWARD, SUCCESS
from labeler.dataset.files import FileFacts, state
from labeler.dataset.fingerprint import fingerprint, fingerprint_files
from labeler.disk.lookahead import other_threads
from labeler.errors import DamagedDatasetError, LabelError, SourcesDifferError
from labeler.labels import DatasetLabels
from labeler.labels.summary import Summary, summarize
from labeler.labels.wording import episodes_text, plural
from labeler.progress import Progress
from labeler.storage.copying.destination import check_new_destination, check_room, sibling_warnings
from labeler.storage.copying.frame_scores import frame_scores, left_out_sentence
from labeler.storage.copying.plan import refuse_damaged
from labeler.storage.copying.preparation import refuse_changed
from labeler.storage.merging.plan import MergePart, MergePlan, make_merge_plan
from labeler.storage.merging.rows import check_merged_rows
from labeler.storage.record.camera_keys import check_merged_keys, keys_within
from labeler.storage.record.copy_record import Options
from labeler.storage.record.label_columns import LabelColumns
from labeler.storage.record.selection import select

_SPARE = 1 << 20
_PROBING = 2  # threads that look at images: most of that is done without holding up others
_Looks = dict[str, tuple[tuple[int, ...], Future[ImageFacts]]]  # at which episodes of a source


class Repeated(StrEnum):
    """What happens to episodes that an earlier recording has, too."""

    REFUSE = "refuse"
    DROP = "drop"
    KEEP = "keep"


@dataclass(frozen=True)
class Wishes:
    """How recordings are to become one dataset."""

    options: Options = field(default_factory=Options)
    choices: Choices = field(default_factory=Choices)
    repeated: Repeated = Repeated.REFUSE
    accept_changed: bool = False


@dataclass(frozen=True)
class Findings:
    """What the recordings hold, whatever their labels say; images by the source's name."""

    duplicates: Duplicates
    images: Mapping[str, ImageFacts]


@dataclass(frozen=True)
class PreparedMerge:
    """A merge that may be written: nothing has been written yet."""

    plan: MergePlan
    destination: Path
    options: Options
    balance: Balance
    duplicates: Duplicates
    warnings: tuple[str, ...]
    aside: Path | None = None
    """Where what is at the destination goes."""

    @property
    def repo_id(self) -> str:
        """A name of its own, so that no reader mistakes the dataset for one on the Hub."""
        return f"local/{self.destination.name}"

    @property
    def summary(self) -> Summary:
        """Frames of the merged dataset."""
        return summarize(self.plan.labels)

    @property
    def bytes_to_write(self) -> int:
        """Bytes of the sources' files that are written in some form."""
        states = [part.state for part in self.plan.parts]
        rows = sum(states[r.part][job.source].size for r in self.plan.rows for job in r.jobs)
        return rows + sum(states[copy.part][copy.source].size for copy in self.plan.copies)

    @property
    def files_to_write(self) -> int:
        """How many data files and videos that makes."""
        return len(self.plan.rows) + len(self.plan.copies)


def find_out(collection: Collection, progress: Progress | None = None) -> Findings:
    """Read the numeric columns of all recordings and look at their images.

    Raises:
        DamagedDatasetError: rows cannot be read.
    """
    progress = progress or Progress()
    with other_threads(_PROBING) as other:
        looks = _begin_to_look(collection, other)
        duplicates = find_duplicates(collection, lambda: progress.advance(0))
        return Findings(duplicates, _images(collection, looks, progress))


def prepare_merge(
    collection: Collection,
    destination: Path,
    wishes: Wishes,
    progress: Progress | None = None,
    findings: Findings | None = None,
    aside: Path | None = None,
) -> PreparedMerge:
    """Check everything that can be checked before the first byte is written.

    `findings` are those about the same sources and episodes, where they are known already. What is
    at the destination goes to `aside`; without that it has to be free.

    Raises:
        LabelerError: a source is damaged or changed, labels do not fit, the sources differ or
            repeat each other, the destination is refused, or there is no room.
    """
    destination = destination.expanduser().absolute()
    _check(collection, wishes, destination, aside)
    progress = progress or Progress()
    with other_threads(_PROBING) as other:
        looks = {} if findings else _begin_to_look(collection, other)
        duplicates = findings.duplicates if findings else find_duplicates(collection)
        if duplicates.first and wishes.repeated is Repeated.REFUSE:
            raise _repetition_error(duplicates.sentences(collection))
        repeated = tuple(_repetition_warnings(duplicates, collection, wishes))
        if wishes.repeated is Repeated.DROP and duplicates.first:
            collection, findings = without(collection, duplicates), None
        images = findings.images if findings else _images(collection, looks, progress)
    agreement = _agreement(collection, wishes, images)
    parts = _parts(collection, wishes, progress)
    columns = LabelColumns.of(_join_labels([p.selection.labels for p in parts]), wishes.options)
    plan = make_merge_plan(parts, agreement, columns)
    check_merged_rows(plan)
    balance = _balance(collection, parts, duplicates, wishes)
    told = (*collection.notes, *_warnings(plan), *repeated, *sibling_warnings(destination))
    prepared = PreparedMerge(plan, destination, wishes.options, balance, duplicates, told, aside)
    check_room(destination, prepared.bytes_to_write + _SPARE)
    return prepared


def _balance(
    collection: Collection, parts: Sequence[MergePart], duplicates: Duplicates, wishes: Wishes
) -> Balance:
    """The balance of the episodes that are written."""
    sources = tuple(
        replace(source, chosen=tuple(kept.episode for kept in part.selection.kept))
        for source, part in zip(collection, parts, strict=True)
    )
    written = replace(collection, sources=sources)
    kept = wishes.repeated is Repeated.KEEP
    return balance_of(written, duplicates.within(written) if kept else Duplicates({}))


def _check(collection: Collection, wishes: Wishes, destination: Path, aside: Path | None) -> None:
    """Refuse the destination, damaged sources, and keys that their cameras cannot get."""
    roots = [source.dataset.root for source in collection]
    check_new_destination(roots, destination, replaces=aside is not None)
    check_merged_keys([source.dataset for source in collection], wishes.options.camera_keys)
    for source in collection:
        refuse_damaged(source.dataset)


def _begin_to_look(collection: Collection, other: Executor) -> _Looks:
    return {s.name: (s.chosen, other.submit(probe_images, s)) for s in collection}


def _images(collection: Collection, looks: _Looks, progress: Progress) -> dict[str, ImageFacts]:
    """The images of all sources, looked at again where fewer episodes are taken than then."""
    images: dict[str, ImageFacts] = {}
    for source in collection:
        progress.advance(0)
        chosen, found = looks.get(source.name, ((), None))
        images[source.name] = (
            found.result() if found and chosen == source.chosen else probe_images(source)
        )
    return images


def _agreement(
    collection: Collection, wishes: Wishes, found_in: Mapping[str, ImageFacts]
) -> Agreement:
    images = [found_in[source.name] for source in collection]
    written, new = columns_to_write(wishes.options), wishes.options.camera_keys
    agreement = agree(collection, images, wishes.choices, written, new)
    for source, found in zip(collection, images, strict=True):
        if found.damages:
            raise DamagedDatasetError(
                f"{source.dataset.root} is damaged: {found.damages[0]}",
                "Restore the video, or leave its episodes out.",
            )
    return agreement


def without(collection: Collection, duplicates: Duplicates) -> Collection:
    """The collection without episodes that were there before, and without sources of only such."""
    kept = (
        replace(s, chosen=tuple(sorted(set(s.chosen) - duplicates.of(number))))
        for number, s in enumerate(collection)
    )
    return replace(collection, sources=tuple(source for source in kept if source.chosen))


def columns_to_write(options: Options) -> frozenset[str]:
    """Columns that are written anew for all recordings."""
    names = {REWARD: True, DONE: options.done, SUCCESS: options.success_column}
    return frozenset(name for name, wanted in names.items() if wanted)


def _repetition_error(sentences: Sequence[str]) -> SourcesDifferError:
    said = sentences[0] if len(sentences) == 1 else "\n- ".join(["", *sentences])
    return SourcesDifferError(
        f"Some episodes are duplicates: {said}",
        SettleDuplicates(),
    )


def _parts(collection: Collection, wishes: Wishes, progress: Progress) -> tuple[MergePart, ...]:
    states = [state(source.dataset.root) for source in collection]
    files = [fingerprint_files(source.dataset)[0] for source in collection]
    sizes = [now[file].size for now, names in zip(states, files, strict=True) for file in names]
    progress.begin("Reading the recordings", sum(sizes), len(sizes))
    parts: list[MergePart] = []
    first = 0
    for source, now in zip(collection, states, strict=True):
        with _about(source):
            part = _part(source, wishes.options, first, now, progress)
            if not wishes.accept_changed:
                refuse_changed(source.dataset, source.labels, part.fingerprint)
        parts.append(part)
        first += len(part.selection.kept)
    return tuple(parts)


def _part(
    source: Source, options: Options, first: int, now: dict[str, FileFacts], progress: Progress
) -> MergePart:
    selection = select(source.labels, options.unlabeled, trim=options.trim, episodes=source.chosen)
    identity = fingerprint(source.dataset, progress.advance)
    new = keys_within(source.dataset, options.camera_keys)
    return MergePart(source, selection, first, now, identity, new)


@contextmanager
def _about(source: Source) -> Iterator[None]:
    """Name the source in an error about its labels."""
    try:
        yield
    except LabelError as error:
        raise type(error)(f"Source {source.name}: {error.message}", *error.cures) from error


def _join_labels(parts: Sequence[DatasetLabels]) -> DatasetLabels:
    labels = [label for part in parts for label in part]
    return DatasetLabels([label.length for label in labels], dict(enumerate(labels)))


def _warnings(plan: MergePlan) -> Iterator[str]:
    for part in plan.parts:
        zeroed, dropped = part.selection.zeroed, part.selection.dropped
        if zeroed:
            failures = episodes_text(zeroed)
            yield f"{part.source.name}: without a decision, written as failures: {failures}."
        if dropped:
            yield f"{part.source.name}: left out: {episodes_text(dropped)}."
        if scores := list(frame_scores(part.dataset, part.state)):
            yield f"{part.source.name}: {left_out_sentence(scores, 'the merged dataset')}"
    yield from _crop_warnings(plan)
    if plan.agreement.dropped:
        yield f"Left out of every source: {', '.join(plan.agreement.dropped)}."


def _repetition_warnings(
    duplicates: Duplicates, collection: Collection, wishes: Wishes
) -> Iterator[str]:
    """What becomes of duplicate episodes, and of labels on which two recordings differ."""
    if not duplicates.first:
        return
    dropped = wishes.repeated is Repeated.DROP
    count = len(duplicates.first)
    verb, what = "is" if count == 1 else "are", "left out" if dropped else "kept"
    yield f"{plural(count, 'duplicate episode')} {verb} {what}."
    for sentence in duplicates.disputes(collection):
        yield f"{sentence} {'The latter count.' if dropped else 'Both are written.'}"


def _crop_warnings(plan: MergePlan) -> Iterator[str]:
    for key, crops in plan.crops.items():
        if len(crops) > 1:
            yield (
                f"{key}: LeRobot's crop tool cut out other parts of larger images in some sources "
                "than in others; the merged dataset says nothing of a crop."
            )
    for key in (key for key, crops in plan.drawn_crops.items() if len(crops) > 1):
        yield (
            f"{key}: the labels of some sources have another crop, or none; the merged dataset has "
            "none, so a classifier sees whole images."
        )
