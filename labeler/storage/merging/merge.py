"""Writing a merged dataset: aside, checked, then under its name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from labeler import __version__, disk
from labeler.collection.comparison import SUBTASK_INDEX, SUBTASKS
from labeler.dataset.fingerprint import fingerprint_files
from labeler.dataset.statistics import Statistics
from labeler.dataset.tasks import task_texts
from labeler.disk.lock import writing
from labeler.disk.lookahead import one_ahead, other_threads
from labeler.labels import DatasetIdentity
from labeler.labels.document import to_text
from labeler.progress import Progress
from labeler.storage.copying.building import build_aside, check_untouched
from labeler.storage.copying.destination import check_new_destination
from labeler.storage.copying.read_back import ReadBack, compare
from labeler.storage.copying.recovery import recover_locked
from labeler.storage.merging.metadata import write_merged_metadata
from labeler.storage.merging.plan import MergePart, MergePlan, agreed
from labeler.storage.merging.preparation import PreparedMerge
from labeler.storage.merging.rows import PartRows
from labeler.storage.merging.statistics import (
    episode_statistics,
    merge_statistics,
    read_statistics,
)
from labeler.storage.record.copy_record import LABELS
from labeler.storage.record.label_metadata import PathOf
from labeler.storage.record.merge_record import MERGE_RECORD, MergedSource, MergeRecord


def write_merge(prepared: PreparedMerge, progress: Progress | None = None) -> Path:
    """Write the merged dataset; its root comes back.

    Raises:
        StorageError: it could not be written; nothing is left of it.
        CheckFailedError: what was written is not what was meant; it is removed.
        DatasetError: a source can no longer be read.
    """
    progress = progress or Progress()
    parts, destination = prepared.plan.parts, prepared.destination
    with writing(destination):
        recover_locked(destination)
        roots, aside = [part.dataset.root for part in parts], prepared.aside
        check_new_destination(roots, destination, replaces=aside is not None)
        build_aside(
            destination,
            write=lambda path_of: _write(prepared, path_of, progress),
            check_sources=lambda: _check_untouched(parts),
            progress=progress,
            aside=aside,
        )
    return destination


def _check_untouched(parts: tuple[MergePart, ...]) -> None:
    for part in parts:
        check_untouched(part.dataset.root, part.state)


def _write(prepared: PreparedMerge, path_of: PathOf, progress: Progress) -> dict[str, str]:
    """Write every file; the SHA-256 of those that were read again since comes back."""
    plan = prepared.plan
    progress.begin("Writing", prepared.bytes_to_write, prepared.files_to_write)
    own = [task_texts(part.dataset) for part in plan.parts]
    texts = tuple(dict.fromkeys(text for tasks in own for text in tasks.values()))
    with ReadBack() as back, other_threads(1) as other:
        read = [other.submit(read_statistics, part) for part in plan.parts]
        for job in plan.copies:
            source, place = plan.parts[job.part].dataset.root / job.source, path_of(job.target)
            disk.copy_file(source, place, progress.advance)
            back.copy(job.target, place, source)
            progress.file_done()
        rows, tasks = _write_rows(plan, own, texts, path_of, back, progress)
        files = _copy_subtasks(plan, path_of)
        known = [one.result() for one in read]
        merged = merge_statistics(plan, [one.stacked for one in known], tasks)
        bounds = any(one.bounds for one in known)
        files |= write_merged_metadata(plan, texts, merged, path_of, bounds=bounds)
        files[LABELS] = disk.write_file(path_of(LABELS), _labels_text(prepared).encode("ascii"))
        disk.sync_made()  # while files are read back
        read_again = back.digests()
    files |= {job.target: read_again[job.target] for job in plan.copies}
    record = _record(prepared, rows, files)
    disk.write_file(path_of(MERGE_RECORD), record.to_bytes())
    return read_again


def _write_rows(
    plan: MergePlan,
    own: Sequence[Mapping[int, str]],
    texts: tuple[str, ...],
    path_of: PathOf,
    back: ReadBack,
    progress: Progress,
) -> tuple[dict[str, str], list[Statistics]]:
    """Digests of the untouched columns by file, and statistics of `task_index` by episode.

    `own` are the tasks of each source, `texts` those of all.
    """
    writers = [PartRows(plan, number, tasks, texts) for number, tasks in enumerate(own)]
    written: dict[str, str] = {}
    tasks: dict[int, Statistics] = {}
    with one_ahead(lambda job: writers[job.part].plan(job), plan.rows) as planned:
        for job, found in zip(plan.rows, planned, strict=True):
            path = path_of(job.target)
            file = found.rows.write(path, back)
            back.whole(job.target, path, file)
            written[job.target] = file.untouched
            kept = [one for source in job.jobs for one in source.parts]
            lengths = [len(part) for _, part in kept]
            of_episodes = episode_statistics(found.tasks, lengths, quantiles=plan.format.quantiles)
            tasks |= dict(zip((episode for episode, _ in kept), of_episodes, strict=True))
            state = plan.parts[job.part].state
            progress.advance(sum(state[source.source].size for source in job.jobs))
            progress.file_done()
    return written, [tasks[episode] for episode in range(len(plan.labels))]


def _copy_subtasks(plan: MergePlan, path_of: PathOf) -> dict[str, str]:
    """The table that `subtask_index` counts in (LeRobot 0.4 and 0.5); all sources have the same."""
    source = plan.parts[0].dataset.root / SUBTASKS
    if SUBTASK_INDEX not in plan.agreement.features or not source.is_file():
        return {}
    place = path_of(SUBTASKS)
    disk.copy_file(source, place)
    return {SUBTASKS: compare(source, place)}


def _labels_text(prepared: PreparedMerge) -> str:
    """The labels as the merged dataset numbers them, with notes, flags and where each is from."""
    labels, agreement = prepared.plan.labels, prepared.plan.agreement
    identity = DatasetIdentity(
        name=prepared.destination.name,
        codebase_version=str(agreement.version),
        fps=agreement.fps,
        episodes=len(labels),
        frames=sum(labels.lengths),
    )
    crops = agreed(prepared.plan.drawn_crops)
    return to_text(replace(labels, identity=identity, crops=crops))


def _record(prepared: PreparedMerge, rows: dict[str, str], files: dict[str, str]) -> MergeRecord:
    plan = prepared.plan
    return MergeRecord(
        tool_version=__version__,
        written_at=datetime.now(UTC).isoformat(timespec="seconds"),
        repo_id=prepared.repo_id,
        sources=[_source(part) for part in plan.parts],
        options=prepared.options,
        columns=list(plan.columns.names),
        dropped=list(plan.agreement.dropped),
        episodes=[
            (part.source.name, kept.episode, kept.start, kept.stop, plan.labels[number].origin)
            for part in plan.parts
            for number, kept in part.enumerate_kept()
        ],
        rows=rows,
        files=files,
    )


def _source(part: MergePart) -> MergedSource:
    content, videos = fingerprint_files(part.dataset)
    facts = {
        file: (part.state[file].size, part.state[file].time_ns) for file in (*content, *videos)
    }
    return MergedSource(
        name=part.source.name,
        path=str(part.dataset.root),
        fingerprint=part.fingerprint,
        codebase_version=str(part.dataset.version),
        labels=part.source.origin,
        files=facts,
    )
