"""How much success and failure a collection holds, by recording and by session."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from labeler.collection.collection import Collection, Source
from labeler.collection.duplicates import Duplicates
from labeler.labels import EpisodeLabel, State
from labeler.labels.summary import Frames, count_frames

_TAG = re.compile(r"(?<!\S)#(\w[\w-]*)")


@dataclass(frozen=True)
class Group:
    """Episodes that belong together: by state, their frames, and how many were there before."""

    name: str
    states: dict[State, int]
    frames: Frames
    duplicates: int = 0

    @property
    def episodes(self) -> int:
        """All episodes."""
        return sum(self.states.values())

    @property
    def share(self) -> float | None:
        """Success frames of those with a label, 0 to 1; None without any."""
        labelled = self.frames.success + self.frames.failure
        return self.frames.success / labelled if labelled else None

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "name": self.name,
            "episodes": self.episodes,
            "states": {state.value: count for state, count in self.states.items()},
            "frames": self.frames.total,
            "success": self.frames.success,
            "failure": self.frames.failure,
            "excluded": self.frames.excluded,
            "success_share": self.share,
            "duplicates": self.duplicates,
        }


@dataclass(frozen=True)
class Balance:
    """Groups by recording and by session; `by` says what tells sessions apart: tag or task."""

    sources: tuple[Group, ...]
    by: str
    sessions: tuple[Group, ...]
    total: Group

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "sources": [group.to_json() for group in self.sources],
            "by": self.by,
            "sessions": [group.to_json() for group in self.sessions],
            "total": self.total.to_json(),
        }


def balance_of(collection: Collection, duplicates: Duplicates) -> Balance:
    """Count the chosen episodes.

    A session's tags are those of the collection file and words like `#night` in the notes of
    episodes; an episode with two tags counts for both. Without any tag the tasks take their place.
    """
    sources = [
        replace(
            _group(source.name, (label for _, label in source.chosen_labels())),
            duplicates=len(duplicates.of(number)),
        )
        for number, source in enumerate(collection)
    ]
    tagged = _by_tag(collection)
    sessions = tagged or _by_task(collection)
    total = _group("total", (label for s in collection for _, label in s.chosen_labels()))
    return Balance(
        tuple(sources),
        "tag" if tagged else "task",
        tuple(_group(name, labels) for name, labels in sorted(sessions.items())),
        replace(total, duplicates=len(duplicates.first)),
    )


def _group(name: str, labels: Iterable[EpisodeLabel]) -> Group:
    states, frames = dict.fromkeys(State, 0), Frames()
    for label in labels:
        states[label.state] += 1
        frames += count_frames(label)
    return Group(name, states, frames)


def _by_tag(collection: Collection) -> dict[str, list[EpisodeLabel]]:
    """Labels by tag; those without any under `no tag`; empty if there is no tag at all."""
    groups: dict[str, list[EpisodeLabel]] = {}
    for source in collection:
        for _, label in source.chosen_labels():
            for tag in _tags(source, label) or ("no tag",):
                groups.setdefault(tag, []).append(label)
    return groups if set(groups) - {"no tag"} else {}


def _tags(source: Source, label: EpisodeLabel) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*source.tags, *_TAG.findall(label.note)]))


def _by_task(collection: Collection) -> dict[str, list[EpisodeLabel]]:
    groups: dict[str, list[EpisodeLabel]] = {}
    for source in collection:
        tasks = source.dataset.layout.all_tasks()
        for episode, label in source.chosen_labels():
            for task in tasks[episode] or ("no task",):
                groups.setdefault(task, []).append(label)
    return groups
