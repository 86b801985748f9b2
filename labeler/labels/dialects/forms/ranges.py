"""Ranges: `{"dataset_path": "...", "episodes": {"0": {"ranges": [[40, 48], [60, null]]}}}`.

The last frame of a range belongs to it, null means the end of the episode. The mapping of episodes
also comes without the frame around it, and with `success_ranges` for `ranges`. Other forms of an
episode: `{"success_start": 34}`, the same with `success_end` (which belongs to the success), and
null for never. `exclude` lists frames that count as failure whatever the ranges say.
"""

import json
from collections.abc import Mapping
from difflib import get_close_matches

from labeler.errors import LabelFileError
from labeler.labels.collection import DatasetLabels
from labeler.labels.dialects.dialect import LabelFileContent, Statement
from labeler.labels.dialects.values import episodes_of, frame_number
from labeler.labels.episode import EpisodeLabel, State
from labeler.labels.wording import as_text

_AROUND = ("dataset_path", "episodes")
_FIELDS = ("success_start", "success_end", "ranges", "success_ranges", "exclude")
Range = tuple[int, int | None]


def read(content: Mapping[object, object], most: int | None = None) -> LabelFileContent:
    """What a file of ranges says of at most so many episodes, with or without the frame around."""
    if "episodes" not in content:
        return LabelFileContent(_statements(content, most))
    _refuse_unknown(content, _AROUND, "")
    path, episodes = content.get("dataset_path"), content["episodes"]
    if path is not None and not isinstance(path, str):
        raise LabelFileError(
            f"dataset_path is {as_text(path)}, not a text.", "Write a path or null."
        )
    if not isinstance(episodes, dict):
        raise LabelFileError('"episodes" is not a mapping.', 'Write {"0": ..., "1": ...}.')
    return LabelFileContent(_statements(episodes, most), dataset_path=path)


def _statements(episodes: Mapping[object, object], most: int | None) -> tuple[Statement, ...]:
    return tuple(_statement(*entry) for entry in episodes_of(episodes.items(), most))


def _statement(episode: int, place: str, value: object) -> Statement:
    if value is None:
        return Statement(episode, place)
    fields: Mapping[object, object]
    # A bare number among ranges is a cutoff.
    fields = value if isinstance(value, dict) else {"success_start": value}
    _refuse_unknown(fields, _FIELDS, f"{place}: ")
    given = [name for name in ("success_start", "ranges", "success_ranges") if name in fields]
    if len(given) != 1:
        raise LabelFileError(
            f"{place} has {' and '.join(given) or 'neither success_start nor ranges'}.",
            "Give exactly one of success_start, ranges and success_ranges, or null for never.",
        )
    name = given[0]
    if name != "success_start" and "success_end" in fields:
        raise LabelFileError(f"{place} has success_end and {name}.", "Remove one of the two.")
    if name == "success_start":
        success = _from_start(fields, place)
    else:
        success = _ranges(fields[name], f"{place}: {name}")
    return Statement(episode, place, success, _exclusions(fields, place))


def _from_start(value: Mapping[object, object], place: str) -> tuple[Range, ...]:
    start, end = value["success_start"], value.get("success_end")
    if start is None and end is None:
        return ()
    first = frame_number(start, f"{place}: success_start")
    return ((first, None if end is None else frame_number(end, f"{place}: success_end")),)


def _ranges(value: object, what: str) -> tuple[Range, ...]:
    if not isinstance(value, list | tuple):
        raise LabelFileError(
            f"{what} is {as_text(value)}.",
            "Write [[first, last], ...], or [] for an episode that never succeeds.",
        )
    return tuple(_range(pair, what) for pair in value)


def _range(pair: object, what: str) -> Range:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise LabelFileError(
            f"{what} holds {as_text(pair)}, which is not a range.", "Write two frames."
        )
    first, last = pair
    return frame_number(first, what), None if last is None else frame_number(last, what)


def _exclusions(value: Mapping[object, object], place: str) -> tuple[int, ...]:
    excluded = value.get("exclude", [])
    if not isinstance(excluded, list | tuple):
        raise LabelFileError(f"{place}: exclude is {as_text(excluded)}.", "Write a list of frames.")
    return tuple(frame_number(frame, f"{place}: exclude") for frame in excluded)


def _refuse_unknown(content: Mapping[object, object], known: tuple[str, ...], place: str) -> None:
    for key in content:
        if key not in known:
            near = get_close_matches(str(key), known, 1) if isinstance(key, str) else []
            hint = f"Did you mean {near[0]!r}?" if near else f"Known fields: {', '.join(known)}."
            raise LabelFileError(f"{place}{as_text(key)} is not a known field.", hint)


def refusal(label: EpisodeLabel) -> str | None:
    """What ranges cannot say of this label; None if they say everything."""
    if label.excluded:
        return "excluded frames"
    return "a skipped episode" if label.state is State.SKIPPED else None


def write(labels: DatasetLabels, dataset_path: str | None = None) -> str:
    """One line per labelled episode."""
    lines = [
        f"{json.dumps(str(index))}: {json.dumps(_episode(label))}"
        for index, label in labels.touched.items()
        if label.decided
    ]
    around = f'"dataset_path": {json.dumps(dataset_path)},\n' if dataset_path is not None else ""
    end = "\n}\n}\n" if lines else "}\n}\n"
    return "{\n" + around + '"episodes": {\n' + ",\n".join(lines) + end


def _episode(label: EpisodeLabel) -> dict[str, object] | None:
    if label.state is State.NEVER:
        return None
    if label.cutoff is not None:
        return {"success_start": label.cutoff}
    ends = [None if frames.end == label.length else frames.end - 1 for frames in label.success]
    starts = [frames.start for frames in label.success]
    return {"ranges": [list(pair) for pair in zip(starts, ends, strict=True)]}
