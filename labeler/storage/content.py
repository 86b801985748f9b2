"""Writing every file of a copy, wherever the caller wants each to be written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from labeler import __version__
from labeler.dataset.files import fingerprinted
from labeler.dataset.statistics import Statistics
from labeler.labels.collection import DatasetIdentity
from labeler.labels.document import to_text
from labeler.storage import disk
from labeler.storage.label_metadata import write_label_metadata
from labeler.storage.parquet import SplicedFile
from labeler.storage.preparation import Prepared
from labeler.storage.progress import Progress
from labeler.storage.record import LABELS, RECORD, CopyRecord, SourceRecord
from labeler.storage.rows import RowsWriter
from labeler.storage.selected_metadata import row_statistics, write_selected_metadata

PathOf = Callable[[str], Path]


@dataclass(frozen=True)
class Content:
    """What was written: the record of the copy, and the SHA-256 of every file by its path."""

    record: CopyRecord
    digests: dict[str, str]


def write_content(prepared: Prepared, path_of: PathOf, progress: Progress) -> Content:
    """Write rows, metadata, labels, the record and, if needed, all other files.

    `path_of` gives the place for a path relative to the copy; the file must not exist yet.
    """
    progress.begin("Writing", prepared.bytes_to_write, prepared.files_to_write)
    rows, statistics = _write_rows(prepared, path_of, progress)
    files = _write_metadata(prepared, statistics, path_of)
    digests = {file: written.digest for file, written in rows.items()} | files
    if prepared.copies_files:
        for job in prepared.plan.copies:
            source = prepared.plan.source.root / job.source
            digest = disk.copy_file(source, path_of(job.target), progress.advance)
            files[job.target] = digests[job.target] = digest
            progress.file_done()
    elif prepared.previous is not None:
        copied = {job.target for job in prepared.plan.copies}
        files |= {f: digest for f, digest in prepared.previous.files.items() if f in copied}
    untouched = {file: written.untouched for file, written in rows.items()}
    record = _record(prepared, untouched, files)
    digests[RECORD] = disk.write_file(path_of(RECORD), record.to_bytes())
    return Content(record, digests)


def _write_rows(
    prepared: Prepared, path_of: PathOf, progress: Progress
) -> tuple[dict[str, SplicedFile], dict[int, dict[str, Statistics]]]:
    plan = prepared.plan
    writer = RowsWriter(plan.source, plan.columns, whole=plan.selection.whole)
    written: dict[str, SplicedFile] = {}
    statistics: dict[int, dict[str, Statistics]] = {}
    for job in plan.rows:
        path = path_of(job.target)
        written[job.target] = writer.write(job, path, known=not prepared.copies_files)
        if not plan.selection.whole:
            quantiles = plan.source.info.generation == 3
            statistics |= row_statistics(path, job, quantiles=quantiles)
        progress.advance(prepared.source_state[job.source].size)
        progress.file_done()
    return written, statistics


def _write_metadata(
    prepared: Prepared, statistics: dict[int, dict[str, Statistics]], path_of: PathOf
) -> dict[str, str]:
    """SHA-256 of the metadata and of the labels, by path relative to the copy."""
    plan = prepared.plan
    if plan.selection.whole:
        written = write_label_metadata(plan.source, plan.columns, path_of)
    else:
        written = write_selected_metadata(plan, statistics, path_of)
    labels = disk.write_file(path_of(LABELS), _labels_text(prepared).encode("ascii"))
    return {**written, LABELS: labels}


def _labels_text(prepared: Prepared) -> str:
    """The labels as the copy numbers them; excluded frames are in there for the training."""
    labels = prepared.plan.selection.labels
    identity = DatasetIdentity(
        name=prepared.destination.name,
        codebase_version=str(prepared.plan.source.version),
        fps=prepared.plan.source.fps,
        episodes=len(labels),
        frames=sum(labels.lengths),
    )
    return to_text(labels.with_identity(identity))


def _record(prepared: Prepared, rows: dict[str, str], files: dict[str, str]) -> CopyRecord:
    plan, now = prepared.plan, prepared.source_state
    content, videos = fingerprinted(plan.source)
    return CopyRecord(
        tool_version=__version__,
        written_at=datetime.now(UTC).isoformat(timespec="seconds"),
        repo_id=prepared.repo_id,
        source=SourceRecord(
            path=str(plan.source.root),
            fingerprint=prepared.fingerprint,
            files={file: (now[file].size, now[file].time_ns) for file in (*content, *videos)},
        ),
        options=plan.options,
        columns=list(plan.columns.names),
        kept=[(kept.episode, kept.start, kept.stop) for kept in plan.selection.kept],
        whole=plan.selection.whole,
        rows=rows,
        files=files,
    )
