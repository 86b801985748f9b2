"""What LeRobot must read from a copy, worked out here without any code of the product."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.interop.conftest import LENGTHS, Recording

Ranges = list[tuple[int, int]]  # half-open success ranges; an empty list: never succeeds


@dataclass(frozen=True)
class Labels:
    """Success ranges per episode (episodes left out are unlabelled) and excluded frames."""

    success: dict[int, Ranges]
    excluded: dict[int, list[int]] = field(default_factory=dict)

    def save(self, path: Path) -> Path:
        """Write the ranges of one recording, or our own format if frames are excluded."""
        text = self._own_format() if self.excluded else self._ranges()
        path.write_text(json.dumps(text), encoding="utf-8")
        return path

    def _ranges(self) -> dict[str, Any]:
        """A dialect of users; its ends are inclusive."""
        ranges = {
            str(episode): {"ranges": [[start, end - 1] for start, end in found]} if found else None
            for episode, found in self.success.items()
        }
        return {"episodes": ranges}

    def _own_format(self) -> dict[str, Any]:
        lines = {
            str(episode): {
                "length": length,
                "state": "success" if self.success[episode] else "never",
                "success": self.success[episode],
                "excluded": [[frame, frame + 1] for frame in self.excluded.get(episode, [])],
            }
            for episode, length in enumerate(LENGTHS)
        }
        return {"format": "labeler-labels", "version": 1, "dataset": {}, "episodes": lines}

    def reward(self, episode: int, frame: int) -> float:
        """`next.reward` of one frame of the recording."""
        if frame in self.excluded.get(episode, []):
            return 0.0
        ranges = self.success.get(episode, [])
        return float(any(start <= frame < end for start, end in ranges))


@dataclass(frozen=True)
class Expectation:
    """The recording's frames that the copy keeps, per episode of the copy, with the labels."""

    recording: Recording
    labels: Labels
    kept: list[tuple[int, list[int]]]

    @classmethod
    def whole(cls, recording: Recording, labels: Labels) -> "Expectation":
        """Every frame is kept."""
        kept = [(episode, list(range(n))) for episode, n in enumerate(recording.lengths)]
        return cls(recording, labels, kept)

    @property
    def rewards(self) -> list[float]:
        """`next.reward` of every row of the copy."""
        return [self.labels.reward(e, frame) for e, frames in self.kept for frame in frames]

    @property
    def per_episode(self) -> list[list[float]]:
        """The same, one list per episode of the copy."""
        return [[self.labels.reward(e, frame) for frame in frames] for e, frames in self.kept]

    @property
    def source_rows(self) -> list[int]:
        """Row of the recording behind each row of the copy."""
        starts = np.concatenate(([0], np.cumsum(self.recording.lengths)))
        return [int(starts[e]) + frame for e, frames in self.kept for frame in frames]

    @property
    def done(self) -> list[bool]:
        """True on the last frame of each episode of the copy."""
        return [i == len(f) - 1 for _, f in self.kept for i in range(len(f))]


LABEL_COLUMNS = {"next.reward", "next.done", "next.success"}
NUMBERING = {"index", "episode_index", "frame_index", "timestamp", "task_index"}


def assert_reads_as(reading: dict[str, Any], expected: Expectation) -> None:
    """Compare everything that LeRobot read from a copy with what it must be."""
    _assert_labels(reading, expected)
    _assert_numbering(reading, expected)
    _assert_taken_over(reading, expected)
    assert_statistics(reading, "next.reward", expected.per_episode)
    _assert_batch(reading, expected)


def _assert_labels(reading: dict[str, Any], expected: Expectation) -> None:
    feature = reading["features"]["next.reward"]
    assert feature == {"dtype": "float32", "shape": [1]}
    assert reading["types"]["next.reward"] == "float"
    assert reading["values"]["next.reward"] == expected.rewards
    assert [item["next.reward"] for item in reading["fetched"]] == expected.rewards


def _assert_numbering(reading: dict[str, Any], expected: Expectation) -> None:
    values = reading["values"]
    lengths = [len(frames) for _, frames in expected.kept]
    assert reading["episodes"] == len(lengths)
    assert reading["frames"] == sum(lengths)
    assert values["index"] == list(range(sum(lengths)))
    assert values["episode_index"] == [e for e, n in enumerate(lengths) for _ in range(n)]
    assert values["frame_index"] == [frame for n in lengths for frame in range(n)]


def _assert_taken_over(reading: dict[str, Any], expected: Expectation) -> None:
    """Tasks, pictures and every column that is not ours are those of the recording."""
    source, rows = expected.recording.reading, expected.source_rows
    assert reading["tasks"] == [source["tasks"][row] for row in rows]
    assert [item["task"] for item in reading["fetched"]] == reading["tasks"]
    for key, column in source["values"].items():
        if key not in LABEL_COLUMNS | NUMBERING:
            assert reading["values"][key] == [column[row] for row in rows], key
            assert reading["types"][key] == source["types"][key]
    assert set(reading["digests"]) == set(source["digests"]) != set()
    for key, digests in source["digests"].items():
        assert reading["digests"][key] == [digests[row] for row in rows], key


def assert_statistics(reading: dict[str, Any], key: str, per_episode: list[list[float]]) -> None:
    """Statistics of a scalar column, of the whole dataset and of each episode."""
    _assert_summary(reading["stats"][key], np.concatenate(per_episode))
    assert len(reading["episode_stats"]) == len(per_episode)
    for found, values in zip(reading["episode_stats"], per_episode, strict=True):
        _assert_summary(found[key], np.array(values))


def _assert_summary(found: dict[str, list[float]], values: "np.ndarray[Any, Any]") -> None:
    true = {
        "min": values.min(),
        "max": values.max(),
        "mean": values.mean(),
        "std": values.std(),
        "count": len(values),
    }
    assert set(true) <= set(found)
    for name, value in true.items():
        assert found[name] == [float(value)] or np.allclose(found[name], [value], atol=1e-6), name
    for name in set(found) - set(true):  # quantiles: LeRobot's own are approximate
        assert len(found[name]) == 1
        assert values.min() - 1e-6 <= found[name][0] <= values.max() + 1e-6, name


def _assert_batch(reading: dict[str, Any], expected: Expectation) -> None:
    """The batch that reward classifier training would see."""
    batch = reading["batch"]
    assert batch["dtype"] == "torch.float32"
    assert batch["shape"] == [batch["size"]]
    assert batch["reward"] == [expected.rewards[row] for row in batch["index"]]
    assert np.isfinite(batch["loss"])
