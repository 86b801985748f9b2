"""Cutoffs: `{"0": 53, "1": null}`, as JSON or as a Python dict with integer keys.

Frames from the cutoff on are success; null (None) means that the episode never succeeds.
"""

import json
from collections.abc import Mapping

from labeler.labels.collection import DatasetLabels
from labeler.labels.dialects.dialect import LabelFileContent, Statement
from labeler.labels.dialects.values import episodes_of, frame_number
from labeler.labels.episode import EpisodeLabel, State


def read(content: Mapping[object, object], most: int | None = None) -> LabelFileContent:
    """What a mapping from at most so many episodes to cutoffs says."""
    entries = episodes_of(content.items(), most)
    return LabelFileContent(tuple(_statement(*entry) for entry in entries))


def _statement(episode: int, place: str, value: object) -> Statement:
    if value is None:
        return Statement(episode, place)
    return Statement(episode, place, ((frame_number(value, f"{place}: the cutoff"), None),))


def refusal(label: EpisodeLabel) -> str | None:
    """What a cutoff cannot say of this label; None if it says everything."""
    if label.excluded:
        return "excluded frames"
    if label.state is State.SKIPPED:
        return "a skipped episode"
    if label.state is State.SUCCESS and label.cutoff is None:
        return "success in ranges"
    return None


def write(labels: DatasetLabels) -> str:
    """One line per labelled episode."""
    lines = [
        f"{json.dumps(str(index))}: {json.dumps(label.cutoff)}"
        for index, label in labels.touched.items()
        if label.decided
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n" if lines else "{}\n"
