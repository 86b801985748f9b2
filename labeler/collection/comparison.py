"""In what the recordings of a collection differ, by name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from labeler.collection.collection import Collection, Source
from labeler.collection.image_facts import ImageFacts
from labeler.dataset.consistency import FRAME_COLUMNS
from labeler.dataset.files import sha256

ABSENT = "none"
SUBTASK_INDEX, SUBTASKS = "subtask_index", "meta/subtasks.parquet"
"""A column of LeRobot 0.4 and 0.5, and the table in which it counts."""


class DifferenceKind(StrEnum):
    """What differs."""

    FPS = "fps"
    ROBOT = "robot_type"
    CAMERA = "camera"
    COLUMN = "column"


@dataclass(frozen=True, slots=True)
class RecordingDifference:
    """`subject` (a camera key, a column, fps, robot_type) is not the same in all recordings.

    `said[i]` is what the i-th recording has, in words.
    """

    kind: DifferenceKind
    subject: str
    said: tuple[str, ...]

    def sentence(self, names: Sequence[str]) -> str:
        """`observation.images.front: 480×640 in day, night; 84×84 in small.`"""
        groups: dict[str, list[str]] = {}
        for said, name in zip(self.said, names, strict=True):
            groups.setdefault(said, []).append(name)
        parts = (f"{said} in {_few(where)}" for said, where in groups.items())
        return f"{self.subject}: {'; '.join(parts)}."


def compare(
    collection: Collection,
    images: Sequence[ImageFacts],
    written: frozenset[str],
    new_keys: Mapping[str, str] = MappingProxyType({}),
) -> list[RecordingDifference]:
    """Every difference, in the order of the first recording's `info.json`.

    `images[i]` are those of the i-th recording; columns in `written` are about to be written for
    all, as the numbering is. Cameras count under their `new_keys`.
    """
    found = [
        _difference(DifferenceKind.FPS, "fps", [f"{s.dataset.fps:g}" for s in collection]),
        _difference(
            DifferenceKind.ROBOT,
            "robot_type",
            [s.dataset.info.robot_type or ABSENT for s in collection],
        ),
    ]
    cameras = [
        {new_keys.get(key, key): said for key, said in _cameras(source, one).items()}
        for source, one in zip(collection, images, strict=True)
    ]
    found += _by_subject(DifferenceKind.CAMERA, cameras)
    skipped = written | set(FRAME_COLUMNS)
    found += _by_subject(
        DifferenceKind.COLUMN, [_columns(source, skipped) for source in collection]
    )
    return [one for one in found if one is not None]


def _by_subject(
    kind: DifferenceKind, sources: list[dict[str, str]]
) -> Iterator[RecordingDifference | None]:
    for subject in dict.fromkeys(name for source in sources for name in source):
        yield _difference(kind, subject, [source.get(subject, ABSENT) for source in sources])


def _difference(kind: DifferenceKind, subject: str, said: list[str]) -> RecordingDifference | None:
    alike = len(set(said)) == 1 and " and " not in said[0]
    return None if alike else RecordingDifference(kind, subject, tuple(said))


def _cameras(source: Source, images: ImageFacts) -> dict[str, str]:
    result = {}
    for camera in source.dataset.cameras:
        sizes = sorted(images.sizes[camera.key]) or [(camera.height, camera.width)]
        # two sizes in one recording are a difference, too; " and " says so
        words = " and ".join(f"{width}×{height}" for height, width in sizes)
        result[camera.key] = f"{words} {camera.kind}{' of depth' if camera.is_depth else ''}"
    return result


def _columns(source: Source, skipped: frozenset[str] | set[str]) -> dict[str, str]:
    result = {}
    for column in source.dataset.columns:
        if column.name in skipped:
            continue
        shape = "×".join(map(str, column.shape)) or "1"
        names = f" ({', '.join(column.names)})" if column.names else ""
        result[column.name] = f"{column.dtype} [{shape}]{names}"
    if SUBTASK_INDEX in result:
        # numbers of a table that no merge renumbers
        table = source.dataset.root / SUBTASKS
        digest = sha256(table)[:8] if table.is_file() else "no table"
        result[SUBTASK_INDEX] += f" of {digest}"
    return result


def _few(names: list[str]) -> str:
    return ", ".join(names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"])
