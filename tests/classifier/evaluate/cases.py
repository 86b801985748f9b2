"""Judged frames for the tests."""

from datetime import UTC, datetime
from io import BytesIO

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from classifier.evaluate import (
    LikeImages,
    MistakeImages,
    ReportContent,
    ScoredFrames,
    Surroundings,
    evaluate,
    frames_to_record,
    worst_mistakes,
)
from labeler.contracts.report import DatasetSummary, EncoderIdentity, EpisodeSplit, HistoryPoint


def any_order(episodes, frames, labels, probabilities) -> ScoredFrames:
    """From four parallel sequences (n,) in any order."""
    order = np.lexsort((np.asarray(frames), np.asarray(episodes)))
    return ScoredFrames(
        np.asarray(episodes, np.int64)[order],
        np.asarray(frames, np.int64)[order],
        np.asarray(labels, np.bool_)[order],
        np.asarray(probabilities, np.float64)[order],
    )


def scored(*rows: tuple[int, int, bool | int, float]) -> ScoredFrames:
    """From rows (episode, frame, label, probability)."""
    return any_order(*zip(*rows, strict=True)) if rows else any_order([], [], [], [])


def one_episode(labels: str, *probabilities: float) -> ScoredFrames:
    """Episode 0 from frame 0 on: `..##` is two failure frames and two success frames."""
    count = len(labels)
    return any_order(np.zeros(count), np.arange(count), [c == "#" for c in labels], probabilities)


# Few distinct values, so that ties and the ends of the range are common.
probabilities = st.one_of(
    st.sampled_from([0.0, 0.1, 0.5, 0.5 + 1e-16, np.nextafter(0.5, 1), 0.9, 1.0]),
    st.floats(0, 1),
)
frames = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 12)),
    st.tuples(st.booleans(), probabilities),
    min_size=1,
    max_size=40,
).map(lambda rows: scored(*((*at, *what) for at, what in rows.items())))


def png(width: int, height: int, seed: int) -> bytes:
    """A picture of a table with a block on it."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width]
    pixels = np.stack([90 + rows // 3, 85 + columns // 4, 70 + rows // 4], axis=-1)
    top, left = random.integers(height // 3, height // 2), random.integers(0, width // 2)
    pixels[top : top + height // 4, left : left + width // 4] = random.integers(60, 255, 3)
    noisy = np.clip(pixels + random.normal(0, 8, pixels.shape), 0, 255).astype(np.uint8)
    buffer = BytesIO()
    Image.fromarray(noisy).save(buffer, format="PNG")
    return buffer.getvalue()


CUTOFFS = (53, 36, 43, 40, 40, 44, 44, 39, 43, 34)


def recording(episodes: tuple[int, ...], late: float = 2.0, noise: float = 2.6) -> ScoredFrames:
    """Episodes of 100 frames as a fair classifier judges them: it fires `late` frames late."""
    random = np.random.default_rng(5)
    index, frame = np.repeat(episodes, 100), np.tile(np.arange(100), len(episodes))
    cutoff = np.repeat([CUTOFFS[e % len(CUTOFFS)] for e in episodes], 100)
    wobble = np.convolve(random.normal(0, noise, len(index)), np.ones(4) / 2, mode="same")
    logits = np.clip((frame - cutoff - late) * 0.7, -5, 5) + wobble
    return any_order(index, frame, frame >= cutoff, 1 / (1 + np.exp(-logits)))


def report(**changes: object) -> ReportContent:
    """A realistic report of ten episodes, two of them held out."""
    evaluation = evaluate(
        held_out=recording((3, 7)),
        frame_split=recording((0, 1, 2), late=1, noise=1.0),
        training=recording((0, 1, 2, 4, 5, 6, 8, 9), late=0, noise=0.3),
    )
    threshold = evaluation.threshold.threshold
    around = Surroundings(
        np.full(10, 100),
        lambda episodes, frames: {"observation.state[gripper.pos]": 60.0 - frames},
        lambda places: np.zeros((len(places), 0), np.float32),
    )
    values: dict[str, object] = {
        "evaluation": evaluation,
        "dataset": DatasetSummary("so101_pick_lift_cube", "9f3a" * 16, 10, 1000, 584, 406),
        "encoder": EncoderIdentity("helper2424/resnet10", "0c1d" * 16),
        "split": EpisodeSplit((0, 1, 2, 4, 5, 6, 8, 9), (3, 7), "by episode, seed 1000"),
        "config": {"policy": {"type": "reward_classifier", "learning_rate": 1e-4}, "steps": 2000},
        "tool": "Labeler 0.1.0",
        "time": datetime(2026, 1, 28, 14, 3, tzinfo=UTC),
        "history": history(),
        "mistakes": tuple(
            MistakeImages(mistake, {"observation.images.gripper": png(128, 96, at)})
            for at, mistake in enumerate(worst_mistakes(recording((3, 7)), threshold, 8))
        ),
        "record_next": tuple(
            LikeImages(
                group,
                tuple(
                    MistakeImages(one, {"observation.images.gripper": png(128, 96, 90 + at)})
                    for at, one in enumerate(group.examples)
                ),
            )
            for group in frames_to_record(recording((3, 7)), threshold, around)
        ),
    }
    return ReportContent(**(values | changes))  # type: ignore[arg-type]


def history() -> tuple[HistoryPoint, ...]:
    """Forty epochs; the held-out loss rises again."""
    random = np.random.default_rng(1)
    return tuple(
        HistoryPoint(
            step=25 * epoch,
            epoch=epoch,
            train_loss=0.65 * float(np.exp(-epoch / 9)) + 0.02 + float(random.normal(0, 0.006)),
            held_out_loss=0.5 * float(np.exp(-epoch / 7)) + 0.13 + 0.002 * epoch,
            held_out_accuracy=0.95 - 0.35 * float(np.exp(-epoch / 6)),
            learning_rate=1e-4,
        )
        for epoch in range(1, 41)
    )
