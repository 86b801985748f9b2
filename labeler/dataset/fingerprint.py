"""What binds labels, scores and copies to a recording: a digest of its content."""

import hashlib
from datetime import UTC, datetime

from labeler.dataset.dataset import Dataset
from labeler.dataset.files import FileFacts, OnBytes, facts, sha256
from labeler.file_kind import not_a_file

_NAMED = 3  # files that a sentence names


def fingerprint_files(dataset: Dataset) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Files whose content makes the fingerprint, and videos, of which the size does.

    Statistics are left out: LeRobot rewrites them without recording anything new.
    """
    cameras = [camera.key for camera in dataset.cameras if camera.kind == "video"]
    videos = sorted(file for key in cameras for file in dataset.layout.video_files(key))
    metadata = [
        file for file in dataset.layout.metadata_files() if not file.endswith("_stats.jsonl")
    ]
    return tuple(sorted([*metadata, *dataset.layout.data_files()])), tuple(videos)


def changes_since(dataset: Dataset, moment: datetime | None) -> str:
    """Which files of the fingerprint were written after `moment`, as a sentence.

    Empty if there is no moment. Labels keep no list of files, so their times are what is left to
    tell what changed.

    Raises:
        DamagedDatasetError: a file is missing.
    """
    if moment is None:
        return ""
    content, videos = fingerprint_files(dataset)
    limit = moment.timestamp() * 1e9
    newer = [file for file in (*content, *videos) if _facts(dataset, file).time_ns > limit]
    if not newer:
        return "No file of it is newer than the last label, so it may be another recording."
    more = f" and {len(newer) - _NAMED} more" if len(newer) > _NAMED else ""
    when = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"Written since the last label ({when}): {', '.join(newer[:_NAMED])}{more}."


def fingerprint(
    dataset: Dataset, on_bytes: OnBytes = lambda count: None, *, missing_ok: bool = False
) -> str:
    """Identity of the content, `sha256:` and 64 hex digits.

    It covers the metadata and rows byte by byte and the videos by their sizes, but neither the
    place nor the time of a file: a dataset that was moved or copied keeps its fingerprint. With
    `missing_ok` files may be missing, which makes another one.
    """
    content, videos = fingerprint_files(dataset)
    digest = hashlib.sha256()
    for file in content:
        there = not missing_ok or _is_there(dataset, file)
        what = sha256(dataset.root / file, on_bytes) if there else "missing"
        digest.update(f"{file}\0{what}\n".encode())
    for file in videos:
        there = not missing_ok or _is_there(dataset, file)
        size = _facts(dataset, file).size if there else "missing"
        digest.update(f"{file}\0{size}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def _is_there(dataset: Dataset, file: str) -> bool:
    known = dataset.mirror is not None and file in dataset.mirror.objects
    return known or not_a_file(dataset.root / file) != "is missing"


def _facts(dataset: Dataset, file: str) -> FileFacts:
    """Of a file in an object store, what the store says."""
    if dataset.mirror is not None and (one := dataset.mirror.objects.get(file)) is not None:
        return FileFacts(one.size, one.time_ns, linked=False)
    return facts(dataset.root, file)
