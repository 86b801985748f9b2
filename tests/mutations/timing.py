"""Times: timestamps of rows, where an episode starts in its video, heads that are cut off."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.broken.edit import edit_episodes, edit_info
from tests.mutations.episode_lists import FROM, TO
from tests.mutations.mutation import V2, V3, add
from tests.mutations.rows import column, every

FPS = 10
_NOISE = np.random.default_rng(0).uniform(0.004, 0.02, 64)


def _stamps(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], None]:
    return every(column("timestamp", lambda values: change(np.array(values)).tolist()))


TIME = ("timestamp",)
for tolerance in (1e-4, 0.03):
    told = "" if tolerance == 1e-4 else f", tolerance_s {tolerance}"
    add(
        f"timing: timestamps 4 to 20 ms late{told}",
        _stamps(lambda t: t + _NOISE[: len(t)]),
        odd=True,
        free=TIME,
        tolerance_s=tolerance,
    )
    add(
        f"timing: timestamps 9 ms late from frame 3 on{told}",
        _stamps(lambda t: np.where(t >= 0.25, t + 0.009, t)),
        odd=True,
        free=TIME,
        tolerance_s=tolerance,
    )
add(
    "timing: timestamps with 0.05 ms of noise",
    _stamps(lambda t: t + _NOISE[: len(t)] / 400),
    free=TIME,
)
add("timing: timestamps of another rate", _stamps(lambda t: t * 2), free=TIME, odd=True)
add("timing: timestamps since 1970", _stamps(lambda t: t + 1.7e9), free=TIME)
add("timing: timestamps 0 throughout", _stamps(lambda t: t * 0), free=TIME)
add("timing: timestamps one frame late", _stamps(lambda t: t + 0.1), free=TIME)
add(
    "timing: a timestamp is NaN",
    _stamps(lambda t: np.where(np.arange(len(t)) == 2, np.nan, t)),
    free=TIME,
)


def _started(offsets: list[float]) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        def edit(rows: list[dict[str, float]]) -> None:
            for row, offset in zip(rows, offsets, strict=True):
                row[FROM] += offset
                row[TO] += offset

        edit_episodes(root, edit)

    return change


for name, offsets, tolerance in (
    ("0.4 ms per episode", [0, 4e-4, 8e-4], 0.01),
    ("0.4 ms per episode, without a tolerance", [0, 4e-4, 8e-4], 1e-4),
    ("0.03 ms per episode", [0, 3e-5, 6e-5], 1e-4),
    ("-0.4 ms per episode", [0, -4e-4, -8e-4], 0.01),
    ("40 ms", [0.0, 0.04, 0.04], 0.05),
):
    add(
        f"timing: from_timestamp drifts by {name}",
        _started(offsets),
        [V3],
        odd=max(offsets) > 1e-4 or min(offsets) < -1e-4,
        tolerance_s=tolerance,
    )
add("timing: from_timestamp one frame late", _started([0, 0.1, 0]), [V3])
add("timing: from_timestamp two frames late in the last episode", _started([0, 0, 0.2]), [V3])
add(
    "timing: to_timestamp one frame late",
    lambda root: edit_episodes(root, lambda r: r[1].update({TO: r[1][TO] + 0.1})),
    [V3],
)
add("timing: from_timestamp is negative", _started([-0.1, 0, 0]), [V3])

add("timing: fps is 10.0", lambda root: edit_info(root, lambda d: d.update(fps=10.0)))
add("timing: fps is 5", lambda root: edit_info(root, lambda d: d.update(fps=5)))
add("timing: fps is 9.99", lambda root: edit_info(root, lambda d: d.update(fps=9.99)))


def _cut_head(root: Path, renumber: tuple[str, ...]) -> None:
    """The first two frames of episode 1 go, as an editor of rows does it."""
    total = 0
    for path in sorted((root / "data").rglob("*.parquet")):
        table = pq.read_table(path, partitioning=None)
        episode, frame = (np.asarray(table[n]) for n in ("episode_index", "frame_index"))
        table = table.filter(pa.array(~((episode == 1) & (frame < 2))))
        episode, frame = (np.asarray(table[n]) for n in ("episode_index", "frame_index"))
        new = {
            "index": np.arange(total, total + len(table)),
            "frame_index": frame - 2 * (episode == 1),
            "timestamp": (frame - 2 * (episode == 1)) / FPS,
        }
        for name in renumber:
            table = column(name, lambda _, n=name, new=new: new[n].tolist())(table)
        total += len(table)
        pq.write_table(table, path)
    edit_info(root, lambda document: document.update(total_frames=total))

    def lengths(rows: list[dict[str, int]]) -> None:
        rows[1]["length"] = 3
        if "dataset_from_index" in rows[1]:
            rows[1]["dataset_to_index"] = rows[2]["dataset_from_index"] = 11
            rows[2]["dataset_to_index"] = 22

    edit_episodes(root, lengths)


def _kept(episode: int, frame: int) -> bool:
    return episode != 1 or frame >= 2


for what, columns in {
    "frame_index and timestamp go on": ("index",),
    "index, frame_index and timestamp go on": (),
    "timestamp goes on": ("index", "frame_index"),
}.items():
    add(
        f"timing: the head of an episode is cut, {what}",
        lambda root, c=columns: _cut_head(root, c),
        [V2, V3],
        odd=True,
        free=("index", "frame_index", "timestamp"),
        kept=_kept,
    )
