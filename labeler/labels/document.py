"""The label file: JSON with the dataset's identity and one line per episode, sorted by index.

Fields at their default are left out, so that a diff shows decisions and nothing else.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from labeler.labels import strict_json
from labeler.labels.collection import Crop, DatasetIdentity, DatasetLabels
from labeler.labels.episode import EpisodeLabel, Origin, State

FORMAT = "labeler-labels"
VERSION = 1
_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False)


def to_text(labels: DatasetLabels) -> str:
    """The label file of a dataset, as pure ASCII with a newline at the end.

    Every episode has a line with at least its length. Times are written in UTC. Lone surrogates in
    a note, a flag, or a name become `?`: no JSON reader takes them.
    """
    lines = [line_of(index, label) for index, label in enumerate(labels)]
    return join_lines(labels.identity, lines, labels.crops)


def line_of(index: int, label: EpisodeLabel) -> str:
    """The line of one episode in the label file, without comma and newline."""
    return f'"{index}": {_json(fields_of(label))}'


def join_lines(identity: DatasetIdentity, lines: Sequence[str], crops: Mapping[str, Crop]) -> str:
    """The label file made of the lines of all episodes, in order."""
    project = {"crops": {_plain(key): list(crop) for key, crop in sorted(crops.items())}}
    settings = f'"project": {_json(project)},\n' if crops else ""
    return (
        f'{{\n"format": {_json(FORMAT)},\n"version": {VERSION},\n'
        f'"dataset": {_json(_dataset(identity))},\n{settings}'
        '"episodes": {\n' + ",\n".join(lines) + ("\n}\n}\n" if lines else "}\n}\n")
    )


def from_text(text: str, *, lengths: Sequence[int] | None = None) -> DatasetLabels:
    """Labels from the text of a label file.

    With `lengths` (frames per episode of the dataset at hand) every line is checked against the
    dataset, and episodes that the file lacks are unlabeled. Without, the file must name all.

    Raises:
        LabelFileError: no label file, one of a newer version, or one with a wrong or unknown field.
        LabelError: an episode has another length, or the dataset does not have it.
    """
    from labeler.labels.document_reader import labels_from  # pydantic only where a file is read

    return labels_from(strict_json.parse_json(text), lengths)


def _json(value: object) -> str:
    return _ENCODER.encode(value)


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _dataset(identity: DatasetIdentity) -> dict[str, object]:
    fields = {key: value for key, value in asdict(identity).items() if value}
    if float(identity.fps).is_integer() and "fps" in fields:
        fields["fps"] = int(identity.fps)
    return {
        key: _plain(value) if isinstance(value, str) else value for key, value in fields.items()
    }


def fields_of(label: EpisodeLabel) -> dict[str, object]:
    """What the line of an episode says, ready for JSON; fields at their default are left out."""
    fields: dict[str, object] = {"length": label.length}
    if label.state is not State.UNLABELED:
        fields["state"] = label.state.value
    for name, ranges in (("success", label.success), ("excluded", label.excluded)):
        if ranges:
            fields[name] = [[frames.start, frames.end] for frames in ranges]
    if label.note:
        fields["note"] = _plain(label.note)
    if label.flag is not None:  # an empty flag is still a flag
        fields["flag"] = _plain(label.flag)
    if label.origin is not Origin.HUMAN:
        fields["origin"] = label.origin.value
    if label.author:
        fields["author"] = _plain(label.author)
    if label.time is not None:
        fields["time"] = _utc(label.time)
    return fields


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
