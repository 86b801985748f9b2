"""Everything about a copy that can be found out, and refused, before a byte is written."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from labeler.cures import (
    AcceptChangedRecording,
    AcceptChangedSource,
    ChooseAnotherFolder,
    LeaveOutDamaged,
)
from labeler.dataset import Dataset
from labeler.dataset.files import FileFacts, facts, state
from labeler.dataset.fingerprint import changes_since, fingerprint, fingerprint_files
from labeler.errors import DamagedDatasetError, RefusedError, SourceChangedError
from labeler.labels import DatasetLabels
from labeler.labels.summary import Summary, summarize
from labeler.labels.wording import episodes_text
from labeler.progress import Progress
from labeler.storage.copying.destination import check_destination, check_room, sibling_warnings
from labeler.storage.copying.frame_scores import left_out_sentence
from labeler.storage.copying.plan import CopyPlan, make_plan, refuse_links_into
from labeler.storage.copying.rows import RowsWriter
from labeler.storage.record.copy_record import CopyRecord, Options
from labeler.storage.record.selection import Selection, select

_SPARE = 1 << 20


@dataclass(frozen=True)
class PreparedCopy:
    """A copy that may be written: nothing has been written yet."""

    plan: CopyPlan
    destination: Path
    previous: CopyRecord | None
    """Record of the copy that is there already."""
    source_state: dict[str, FileFacts]
    fingerprint: str
    warnings: tuple[str, ...]

    @property
    def repo_id(self) -> str:
        """A name of its own, so that no reader mistakes the copy for the recording on the Hub."""
        return f"local/{self.destination.name}"

    @property
    def summary(self) -> Summary:
        """Frames of the copy."""
        return summarize(self.plan.selection.labels)

    @cached_property
    def copies_files(self) -> bool:
        """Whether files that labels do not touch have to be copied, too."""
        old = self.previous
        if old is None or old.source.fingerprint != self.fingerprint:
            return True
        kept = self.plan.selection.kept
        if any(job.target not in old.files for job in self.plan.copies):
            return True
        return old.kept != [(part.episode, part.start, part.stop) for part in kept]

    @property
    def bytes_to_write(self) -> int:
        """Bytes of the source's files that are written to the copy in some form."""
        files = [job.source for job in self.plan.rows]
        if self.copies_files:
            files += [job.source for job in self.plan.copies]
        return sum(self.source_state[file].size for file in files)

    @property
    def files_to_write(self) -> int:
        """How many files of the source those bytes are in."""
        return len(self.plan.rows) + (len(self.plan.copies) if self.copies_files else 0)


def prepare(
    source: Dataset,
    labels: DatasetLabels,
    destination: Path,
    options: Options,
    *,
    episodes: Collection[int] | None = None,
    accept_changed: bool = False,
    progress: Progress | None = None,
    earlier: PreparedCopy | None = None,
) -> PreparedCopy:
    """Check everything that can be checked before the first byte is written.

    Of some `episodes` only, if they are given. `earlier` is a preparation of the same recording:
    its fingerprint is taken over if no file of the recording has another size or time since.

    Raises:
        LabelerError: labels do not fit, the source is damaged or changed, the destination is
            refused, or there is no room.
    """
    destination = destination.expanduser().absolute()
    previous = check_destination(source.root, destination)
    before = state(source.root, follow_links=options.follow_links)
    refuse_links_into(source, before, destination)
    options = _keeping_keys(options, previous)
    selection = select(labels, options.unlabeled, trim=options.trim, episodes=episodes)
    plan = make_plan(source, selection, options)
    if earlier is not None and earlier.source_state == before:
        identity = earlier.fingerprint
    else:
        identity = find_fingerprint(source, before, previous, progress or Progress())
    if not accept_changed:
        refuse_changed(source, labels, identity)
        _refuse_other_source(source, destination, previous, identity)
    warnings = (*_warnings(plan), *sibling_warnings(destination))
    prepared = PreparedCopy(plan, destination, previous, before, identity, warnings)
    if prepared.copies_files:
        _refuse_damaged_videos(source, selection)
    check_room(destination, prepared.bytes_to_write + _SPARE)
    return prepared


def _keeping_keys(options: Options, previous: CopyRecord | None) -> Options:
    """Options with the new camera keys of the copy that is there, where none are given."""
    if previous is None or options.camera_keys:
        return options
    return options.model_copy(update={"camera_keys": previous.options.camera_keys})


def check_rows(prepared: PreparedCopy) -> None:
    """Read the rows that will be written, as writing does: for a run that writes nothing.

    Raises:
        DamagedDatasetError: writing would refuse them.
    """
    plan = prepared.plan
    whole, names = plan.selection.whole, plan.new_columns
    writer = RowsWriter(plan.source, plan.columns, whole=whole, names=names)
    for job in plan.rows:
        writer.check(job)


def find_fingerprint(
    source: Dataset,
    now: dict[str, FileFacts],
    previous: CopyRecord | None,
    progress: Progress,
) -> str:
    """The source's fingerprint; that of the last copy if no size and no time has changed since."""
    content, videos = fingerprint_files(source)
    if previous is not None and Path(previous.source.path) == source.root:
        facts = {
            file: (now[file].size, now[file].time_ns) for file in (*content, *videos) if file in now
        }
        if facts == previous.source.files:
            return previous.source.fingerprint
    total = sum(now[file].size for file in content if file in now)
    progress.begin("Reading the recording", total, len(content))
    # files of episodes that are left out may be missing: those of the others were looked for
    return fingerprint(source, progress.advance, missing_ok=True)


def _refuse_damaged_videos(source: Dataset, selection: Selection) -> None:
    """Refuse videos that lack images of the episodes that are kept."""
    from labeler.inspection import Severity  # with the video library, which costs 0.1 s
    from labeler.inspection.videos import video_oddities

    episodes = [kept.episode for kept in selection.kept]
    for oddity in video_oddities(source, episodes=episodes, thorough=True):
        if oddity.severity is Severity.ERROR:
            raise DamagedDatasetError(
                f"{source.root} is damaged: {oddity.sentence}",
                LeaveOutDamaged(),
            )


def refuse_changed(source: Dataset, labels: DatasetLabels, identity: str) -> None:
    """Refuse labels that were made on another recording than the one with fingerprint `identity`.

    Raises:
        SourceChangedError: they name another fingerprint.
    """
    expected = labels.identity.fingerprint
    if expected and expected != identity:
        raise SourceChangedError(
            f"{source.root} is not the recording these labels were made on, or it has changed "
            "since.",
            AcceptChangedRecording(changes_since(source, labels.last_time)),
        )


def _refuse_other_source(
    source: Dataset, destination: Path, previous: CopyRecord | None, identity: str
) -> None:
    if previous is None or previous.source.fingerprint == identity:
        return
    if Path(previous.source.path) == source.root:
        raise SourceChangedError(
            f"{source.root} has changed since {destination} was copied from it.",
            AcceptChangedSource(_change_sentence(source, previous)),
        )
    raise RefusedError(
        f"{destination} is a copy of another recording, {previous.source.path}.",
        "Nothing was written.",
        ChooseAnotherFolder(),
    )


def _change_sentence(source: Dataset, previous: CopyRecord) -> str:
    """Which files of the recording are not those that were copied, as a sentence."""
    before, (content, videos) = previous.source.files, fingerprint_files(source)
    now = {file: facts(source.root, file) for file in (*content, *videos)}
    found = [file for file, fact in now.items() if before.get(file) != (fact.size, fact.time_ns)]
    found += [file for file in before if file not in now]
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"Changed since: {', '.join(found[:3])}{more}." if found else ""


def _warnings(plan: CopyPlan) -> list[str]:
    warnings = []
    if plan.selection.zeroed:
        episodes = episodes_text(plan.selection.zeroed)
        warnings.append(f"Without a decision and written as failures: {episodes}.")
    if plan.selection.dropped:
        warnings.append(f"Left out of the copy: {episodes_text(plan.selection.dropped)}.")
    for file in plan.left_out:
        warnings.append(f"{file} belongs to no episode and is left out of the copy.")
    if plan.scores:
        warnings.append(left_out_sentence(plan.scores, "the copy"))
    for link in plan.links_out:
        if not link.followed:
            warnings.append(
                f"{link.name} leads out of the recording, to {link.target}, and is left out of "
                "the copy."
            )
    return warnings
