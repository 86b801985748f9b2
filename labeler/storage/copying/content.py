"""Writing every file of a copy, wherever the caller wants each to be written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from labeler import __version__, disk
from labeler.dataset.fingerprint import fingerprint_files
from labeler.dataset.statistics import Statistics
from labeler.disk.lookahead import one_ahead, other_threads
from labeler.labels.collection import DatasetIdentity
from labeler.labels.document import to_text
from labeler.parquet.splice import Splice, SplicedFile
from labeler.progress import Progress
from labeler.storage.copying.plan import CopyPlan
from labeler.storage.copying.preparation import PreparedCopy
from labeler.storage.copying.read_back import ReadBack
from labeler.storage.copying.rows import RowsWriter
from labeler.storage.copying.selected_metadata import row_statistics, write_selected_metadata
from labeler.storage.record.camera_keys import rename_entries
from labeler.storage.record.copy_record import LABELS, RECORD, CopyRecord, SourceRecord
from labeler.storage.record.label_metadata import (
    listing_files,
    statistics_splice,
    write_crops,
    write_label_metadata,
)

PathOf = Callable[[str], Path]


@dataclass(frozen=True)
class WrittenCopy:
    """What was written: the record of the copy, and the SHA-256 of every file by its path.

    `read_again` are those files that were read back since, with their SHA-256.
    """

    record: CopyRecord
    digests: dict[str, str]
    read_again: dict[str, str]


def write_content(prepared: PreparedCopy, path_of: PathOf, progress: Progress) -> WrittenCopy:
    """Write rows, metadata, labels, the record and, if needed, all other files.

    `path_of` gives the place for a path relative to the copy; the file must not exist yet.
    """
    progress.begin("Writing", prepared.bytes_to_write, prepared.files_to_write)
    plan = prepared.plan
    with ReadBack() as back, plan_statistics(plan) as splices, other_threads(1) as other:
        labels = other.submit(_labels_text, prepared)
        for job in plan.copies if prepared.copies_files else ():
            source, place = plan.source.root / job.source, path_of(job.target)
            disk.copy_file(source, place, progress.advance)
            back.copy(job.target, place, source)
            progress.file_done()
        rows, statistics = _write_rows(prepared, path_of, back, progress)
        if plan.selection.whole:
            files = write_label_metadata(plan.source, plan.columns, splices, path_of, plan.new_keys)
        else:
            files = write_selected_metadata(plan, statistics, path_of)
        if plan.new_keys:
            files |= write_crops(plan.source.root, plan.new_keys, path_of)
        files[LABELS] = disk.write_file(path_of(LABELS), labels.result())
        disk.sync_made()  # while files are read back
        read_again = back.digests()
    files |= {file: digest for file, digest in read_again.items() if file not in rows}
    digests = {file: written.digest for file, written in rows.items()} | files
    if prepared.previous is not None and not prepared.copies_files:
        there = {job.target for job in plan.copies}
        files |= {f: digest for f, digest in prepared.previous.files.items() if f in there}
    untouched = {file: written.untouched for file, written in rows.items()}
    record = _record(prepared, untouched, files)
    digests[RECORD] = disk.write_file(path_of(RECORD), record.to_bytes())
    return WrittenCopy(record, digests, read_again)


@contextmanager
def plan_statistics(plan: CopyPlan) -> Iterator[Iterator[Splice]]:
    """The files of `meta/episodes` with the statistics of the labels, one worked out ahead."""
    files = listing_files(plan.source) if plan.selection.whole else []
    work = partial(statistics_splice, plan.source, plan.columns, plan.new_keys)
    with one_ahead(work, files) as splices:
        yield splices


def _write_rows(
    prepared: PreparedCopy, path_of: PathOf, back: ReadBack, progress: Progress
) -> tuple[dict[str, SplicedFile], dict[int, dict[str, Statistics]]]:
    plan = prepared.plan
    whole, names = plan.selection.whole, plan.new_columns
    writer = RowsWriter(plan.source, plan.columns, whole=whole, names=names)
    written: dict[str, SplicedFile] = {}
    statistics: dict[int, dict[str, Statistics]] = {}
    work = partial(writer.plan, known=not prepared.copies_files)
    with one_ahead(work, plan.rows) as planned:
        for job, rows in zip(plan.rows, planned, strict=True):
            path = path_of(job.target)
            written[job.target] = rows.write(path, back)
            if prepared.previous is None:  # else the columns are enough
                back.whole(job.target, path, written[job.target])
            if not whole:
                quantiles = plan.source.info.format.quantiles
                statistics |= row_statistics(path, job, quantiles=quantiles)
            progress.advance(prepared.source_state[job.source].size)
            progress.file_done()
    return written, statistics


def _labels_text(prepared: PreparedCopy) -> bytes:
    """The labels as the copy numbers them; excluded frames are in there for the training."""
    labels = prepared.plan.selection.labels
    identity = DatasetIdentity(
        name=prepared.destination.name,
        codebase_version=str(prepared.plan.source.version),
        fps=prepared.plan.source.fps,
        episodes=len(labels),
        frames=sum(labels.lengths),
    )
    crops = rename_entries(labels.crops, prepared.plan.new_keys)
    return to_text(replace(labels, identity=identity, crops=crops)).encode("ascii")


def _record(prepared: PreparedCopy, rows: dict[str, str], files: dict[str, str]) -> CopyRecord:
    plan, now = prepared.plan, prepared.source_state
    content, videos = fingerprint_files(plan.source)
    return CopyRecord(
        tool_version=__version__,
        written_at=datetime.now(UTC).isoformat(timespec="seconds"),
        repo_id=prepared.repo_id,
        source=SourceRecord(
            path=str(plan.source.root),
            fingerprint=prepared.fingerprint,
            files={
                file: (now[file].size, now[file].time_ns)
                for file in (*content, *videos)
                if file in now  # those of damaged episodes need not be there
            },
        ),
        options=plan.options,
        columns=list(plan.columns.names),
        kept=[(kept.episode, kept.start, kept.stop) for kept in plan.selection.kept],
        whole=plan.selection.whole,
        rows=rows,
        files=files,
    )
