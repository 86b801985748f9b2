"""What recordings have in common once the user has chosen what becomes of their differences."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal

from labeler.collection.collection import Collection, Source
from labeler.collection.comparison import DifferenceKind, RecordingDifference, compare
from labeler.collection.image_facts import ImageFacts
from labeler.cures import (
    Advice,
    Cure,
    KeepColumn,
    LeaveOutDifferences,
    NameRobotType,
    RunInspect,
    WriteOrDropColumn,
)
from labeler.dataset import DONE, REWARD, SUCCESS, Version
from labeler.dataset.consistency import FRAME_COLUMNS
from labeler.dataset.documents import read_object
from labeler.errors import SourcesDifferError, UsageError

_WRITTEN: Mapping[str, Literal["done", "success"]] = {DONE: "done", SUCCESS: "success"}


@dataclass(frozen=True)
class Choices:
    """What becomes of differences: left out, or named.

    `only_common` leaves out every camera and column that is not the same in all recordings,
    `drop` those that it names; `robot_type` is written for all.
    """

    only_common: bool = False
    drop: tuple[str, ...] = ()
    robot_type: str | None = None


@dataclass(frozen=True)
class Agreement:
    """What a merged dataset has.

    `features` are entries of `info.json`, in the order of the first recording; `dropped` the
    cameras and columns that are left out; `differences` all that were found.
    """

    version: Version
    fps: float
    robot_type: str | None
    features: dict[str, Any]
    dropped: tuple[str, ...] = ()
    differences: tuple[RecordingDifference, ...] = field(default_factory=tuple)


def agree(
    collection: Collection,
    images: Sequence[ImageFacts],
    choices: Choices,
    written: frozenset[str] = frozenset({REWARD}),
    new_keys: Mapping[str, str] = MappingProxyType({}),
) -> Agreement:
    """What the recordings have in common; `written` columns are about to be written for all.

    Cameras count, and may be left out, under their `new_keys`, where these name them.

    Raises:
        UsageError: a choice names what is not there or has to stay.
        SourcesDifferError: a difference is left; the message names each.
    """
    differences = compare(collection, images, written, new_keys)
    declared = [_declared(source, new_keys) for source in collection]
    dropped = _columns_to_drop(declared, choices, differences)
    left = [one for one in differences if not _is_settled(one, choices, dropped)]
    if left:
        raise _refusal(collection, left)
    first = collection.sources[0].dataset
    cameras = [new_keys.get(camera.key, camera.key) for camera in first.cameras]
    if cameras and not set(cameras) - dropped:
        raise SourcesDifferError(
            "No camera is the same in all sources.", "Leave out the sources that differ."
        )
    named = choices.robot_type is not None
    return Agreement(
        version=version_of_merge(collection),
        fps=first.fps,
        robot_type=choices.robot_type if named else first.info.robot_type,
        features=_features(declared, dropped | written | {*first.absent_columns}),
        dropped=tuple(sorted(dropped)),
        differences=tuple(differences),
    )


def version_of_merge(collection: Collection) -> Version:
    """v3.0 as soon as one recording is; v2.1 otherwise, since v2.0 has no readers of its own."""
    found = [source.dataset.info.format.merged_as for source in collection]
    return max(found, key=list(Version).index)


def _columns_to_drop(
    declared: Sequence[dict[str, Any]],
    choices: Choices,
    differences: Sequence[RecordingDifference],
) -> frozenset[str]:
    known = {name for features in declared for name in features}
    for name in choices.drop:
        if name in (*FRAME_COLUMNS, REWARD):
            raise UsageError(f"{name} cannot be left out.", KeepColumn(name))
        if name not in known:
            near = get_close_matches(name, known, 1)
            cure = f"Did you mean {near[0]}?" if near else RunInspect()
            raise UsageError(f"No source has a camera or column {name!r}.", cure)
    kinds = (DifferenceKind.CAMERA, DifferenceKind.COLUMN) if choices.only_common else ()
    return frozenset(choices.drop) | {one.subject for one in differences if one.kind in kinds}


def _is_settled(difference: RecordingDifference, choices: Choices, dropped: frozenset[str]) -> bool:
    if difference.kind is DifferenceKind.ROBOT:
        return choices.robot_type is not None
    return difference.subject in dropped


def _refusal(collection: Collection, left: Sequence[RecordingDifference]) -> SourcesDifferError:
    sentences = [one.sentence(collection.names) for one in left]
    return SourcesDifferError(
        "The sources differ:\n- " + "\n- ".join(sentences),
        *dict.fromkeys(_cure(one) for one in left),
    )


def _cure(difference: RecordingDifference) -> Cure:
    if difference.kind is DifferenceKind.FPS:
        return Advice("Frame rates cannot be reconciled: leave out the sources with another fps.")
    if difference.kind is DifferenceKind.ROBOT:
        return NameRobotType()
    if difference.subject in _WRITTEN:
        return WriteOrDropColumn(difference.subject, _WRITTEN[difference.subject])
    return LeaveOutDifferences()


def _declared(source: Source, new_keys: Mapping[str, str]) -> dict[str, Any]:
    """`features` of a recording's `info.json`, cameras by their new keys."""
    features: dict[str, Any] = read_object(source.dataset.root / "meta/info.json")["features"]
    new = {one.key: new_keys[one.key] for one in source.dataset.cameras if one.key in new_keys}
    return {new.get(name, name): entry for name, entry in features.items()}


def _features(declared: Sequence[dict[str, Any]], left_out: AbstractSet[str]) -> dict[str, Any]:
    """Entries of the first recording that all have, but for those that are left out."""
    return {
        name: _merge_info(entry, [features[name] for features in declared])
        for name, entry in declared[0].items()
        if name not in left_out
    }


def _merge_info(entry: dict[str, Any], entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is declared of a video stays where all agree, else it becomes null.

    LeRobot 0.6.1 does the same with the settings of the encoder (datasets/aggregate.py,
    merge_video_feature_info_for_aggregate).
    """
    if entry.get("dtype") != "video":
        return entry
    infos = [one.get("info") or one.get("video_info") or {} for one in entries]
    merged = {
        key: value if all(key in info and info[key] == value for info in infos) else _unknown(key)
        for key, value in infos[0].items()
    }
    plain = {key: value for key, value in entry.items() if key != "video_info"}
    return {**plain, "info": merged} if merged else plain


def _unknown(key: str) -> object:
    return {} if key == "video.extra_options" else None
