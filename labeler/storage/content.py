"""Writing every file of a copy, wherever the caller wants each to be written."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from labeler import __version__
from labeler.dataset.files import fingerprinted, sha256
from labeler.dataset.statistics import Statistics
from labeler.labels.collection import DatasetIdentity
from labeler.labels.document import to_text
from labeler.storage import disk
from labeler.storage.label_metadata import write_label_metadata
from labeler.storage.preparation import Prepared
from labeler.storage.progress import Progress
from labeler.storage.record import LABELS, CopyRecord, SourceRecord
from labeler.storage.rows import RowsWriter
from labeler.storage.selected_metadata import row_statistics, write_selected_metadata

PathOf = Callable[[str], Path]


def write_content(prepared: Prepared, path_of: PathOf, progress: Progress) -> CopyRecord:
    """Write rows, metadata, labels and, if needed, all other files; the record comes back.

    `path_of` gives the place for a path relative to the copy; the file must not exist yet.
    """
    progress.begin("Writing", prepared.bytes_to_write, prepared.files_to_write)
    rows, statistics = _write_rows(prepared, path_of, progress)
    files = _write_metadata(prepared, statistics, path_of)
    if prepared.copies_files:
        for job in prepared.plan.copies:
            source = prepared.plan.source.root / job.source
            files[job.target] = disk.copy_file(source, path_of(job.target), progress.advance)
            progress.file_done()
    elif prepared.previous is not None:
        copied = {job.target for job in prepared.plan.copies}
        files |= {f: digest for f, digest in prepared.previous.files.items() if f in copied}
    return _record(prepared, rows, files)


def _write_rows(
    prepared: Prepared, path_of: PathOf, progress: Progress
) -> tuple[dict[str, str], dict[int, dict[str, Statistics]]]:
    plan = prepared.plan
    writer = RowsWriter(plan.source, plan.columns, whole=plan.selection.whole)
    digests: dict[str, str] = {}
    statistics: dict[int, dict[str, Statistics]] = {}
    for job in plan.rows:
        path = path_of(job.target)
        digests[job.target] = writer.write(job, path)
        if not plan.selection.whole:
            quantiles = plan.source.info.generation == 3
            statistics |= row_statistics(path, job, quantiles=quantiles)
        progress.advance(prepared.source_state[job.source].size)
        progress.file_done()
    return digests, statistics


def _write_metadata(
    prepared: Prepared, statistics: dict[int, dict[str, Statistics]], path_of: PathOf
) -> dict[str, str]:
    """Digests of the metadata and of the labels, by path relative to the copy."""
    plan = prepared.plan
    paths: dict[str, Path] = {}

    def remembered(target: str) -> Path:
        paths[target] = path_of(target)
        return paths[target]

    if plan.selection.whole:
        write_label_metadata(plan.source, plan.columns, remembered)
    else:
        write_selected_metadata(plan, statistics, remembered)
    disk.write_file(remembered(LABELS), _labels_text(prepared).encode("ascii"))
    return {target: sha256(path) for target, path in paths.items()}


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
