"""Checks a label file and makes labels of it; imports pydantic, so import it where a file is read.

`resources/label-file.schema.json` says the same to other programs.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labeler.errors import LabelError, LabelFileError
from labeler.labels.collection import Crop, DatasetIdentity, DatasetLabels
from labeler.labels.document import FORMAT, VERSION
from labeler.labels.episode import EpisodeLabel, FrameRange, Origin, State
from labeler.labels.wording import as_text, episode_text

_CANONICAL = re.compile(r"0|[1-9][0-9]{0,15}")
Model = TypeVar("Model", bound=BaseModel)

# Whole numbers that every JSON reader keeps exactly (RFC 8259, section 6).
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Frames = Annotated[list[Count], Field(min_length=2, max_length=2)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class DatasetLine(_Strict):
    """The recording that the labels were made on; fields at their default are not written."""

    name: str = ""
    codebase_version: str = ""
    fps: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    episodes: Count = 0
    frames: Count = 0
    fingerprint: str = ""


class EpisodeLine(_Strict):
    """The label of one episode; ranges are `[start, end)`, counted from 0."""

    length: Annotated[int, Field(ge=1, le=2**53 - 1)]
    state: Literal["unlabeled", "success", "never", "skipped"] = "unlabeled"
    success: list[Frames] = Field(default_factory=list)
    excluded: list[Frames] = Field(default_factory=list)
    note: str = ""
    flag: str | None = None
    origin: Literal["human", "imported", "accepted suggestion"] = "human"
    author: str = ""
    time: str | None = None


class ProjectLine(_Strict):
    """Settings that belong to the recording: per camera key the crop that a classifier sees."""

    crops: dict[str, Annotated[list[Count], Field(min_length=4, max_length=4)]] = Field(
        default_factory=dict
    )


class Document(_Strict):
    """A label file; its episodes are checked one by one."""

    format: Literal["labeler-labels"]
    version: Annotated[int, Field(ge=VERSION, le=VERSION)]
    dataset: DatasetLine = DatasetLine()
    project: ProjectLine = ProjectLine()
    episodes: dict[str, Any]  # each an EpisodeLine


def labels_from(content: object, lengths: Sequence[int] | None) -> DatasetLabels:
    """Labels from the parsed JSON of a label file; see `document.from_text`."""
    document = _header(content)
    labels = {_index(key): label_from(key, line) for key, line in document.episodes.items()}
    identity = DatasetIdentity(**document.dataset.model_dump())
    if lengths is None:
        lengths = _lengths(labels, identity.episodes)
    return DatasetLabels(lengths, labels, identity, _crops(document.project))


def _crops(project: ProjectLine) -> dict[str, Crop]:
    crops: dict[str, Crop] = {}
    for key, (top, left, height, width) in project.crops.items():
        if not height or not width:
            raise LabelFileError(
                f"The crop of {as_text(key)} is empty.",
                "Write top, left, height, width.",
            )
        crops[key] = (top, left, height, width)
    return crops


def _header(content: object) -> Document:
    """Everything but the episodes, which are checked one by one: no copy of all is ever held."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise LabelFileError("This is not a label file of Labeler.", "Check the path.")
    version = content.get("version")
    if type(version) is int and version > VERSION:
        raise LabelFileError(
            f"The label file has version {as_text(version)}; this Labeler reads version {VERSION}.",
            "Update Labeler, then open the file again.",
        )
    return _validate(Document, content)


def _validate(model: type[Model], content: object, episode: str | None = None) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        subject = "" if episode is None else f"{episode_text(episode)}: "
        raise _first_complaint(error, model, subject) from error


def _first_complaint(
    error: ValidationError, model: type[BaseModel], subject: str
) -> LabelFileError:
    """The first complaint as a sentence that names the episode and the field."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        return _unknown(subject, place, model)
    field = f"{as_text('.'.join(place))}: " if place else ""
    return LabelFileError(f"{subject}{field}{first['msg']}.", "Correct the file at that place.")


def _unknown(subject: str, place: list[str], model: type[BaseModel]) -> LabelFileError:
    inner: dict[str, type[BaseModel]] = {"dataset": DatasetLine, "project": ProjectLine}
    known = list((inner[place[0]] if len(place) > 1 else model).model_fields)
    near = get_close_matches(place[-1], known, 1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known fields: {', '.join(known)}."
    return LabelFileError(f"{subject}{as_text(place[-1])} is not a known field.", hint)


def _index(key: str) -> int:
    if not _CANONICAL.fullmatch(key):
        raise LabelFileError(
            f"{as_text(key)} is not an episode number.",
            "Write episode numbers without leading zeros, counted from 0.",
        )
    return int(key)


def label_from(key: str, content: object) -> EpisodeLabel:
    """The label of one episode from the parsed JSON of its line; `key` names it in messages.

    Raises:
        LabelFileError: a field is wrong or unknown.
    """
    line = _validate(EpisodeLine, content, key)
    try:
        return EpisodeLabel(
            length=line.length,
            state=State(line.state),
            success=tuple(FrameRange(*pair) for pair in line.success),
            excluded=tuple(FrameRange(*pair) for pair in line.excluded),
            note=line.note,
            flag=line.flag,
            origin=Origin(line.origin),
            author=line.author,
            time=None if line.time is None else _time(line.time),
        )
    except LabelError as error:
        raise LabelFileError(f"Episode {key}: {error.message}", *error.cures) from error


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _no_time(text) from error
    raise _no_time(text)


def _no_time(text: str) -> LabelFileError:
    return LabelFileError(
        f"{as_text(text)} is not a time with a time zone.", "Write it as 2026-11-22T16:00:00Z."
    )


def _lengths(labels: dict[int, EpisodeLabel], episodes: int) -> list[int]:
    """Length of every episode; the numbers must run from 0 without a gap."""
    last = max(episodes - 1, max(labels, default=-1))
    if len(labels) != last + 1:
        absent = next(index for index in range(last + 1) if index not in labels)
        raise LabelFileError(
            f"Episode {absent} has no line in the label file.",
            "Open the file together with its dataset.",
        )
    return [labels[index].length for index in range(last + 1)]
