"""One measured piece of work in a process of its own; prints a line of JSON.

    python -m tests.bench.child TASK ARGUMENT...

Imports are done, and the peak of memory is reset, before the clock starts.
"""

import hashlib
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np
import pyarrow as pa

from labeler.dataset import Dataset, open_dataset
from labeler.dataset.labels_of import labels_of
from labeler.inspection import inspect_dataset
from labeler.labels import DatasetLabels
from labeler.labels.dialects import Dialect, read_labels, write_labels
from labeler.storage.checking.check import check_copy
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import prepare
from labeler.storage.record.copy_record import Options
from tests.bench import synthetic

RANDOM_EPISODES = 100
_STATUS = Path("/proc/self/status")  # Linux; elsewhere the peak of the whole process counts


class Clock:
    """Seconds by name, wall and CPU, and how far memory rose above what the imports need."""

    def __init__(self) -> None:
        pa.table({"loaded": np.zeros(1)})  # what pyarrow loads with its first table is no work
        self._forget_peak()
        self._before = self._peak()
        self.result: dict[str, float] = {}

    @contextmanager
    def measured(self, name: str):
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.result[name] = time.perf_counter() - wall
        self.result[f"{name} CPU"] = time.process_time() - cpu

    def finish(self) -> None:
        self.result["peak bytes"] = max(self._peak() - self._before, 0)
        print(json.dumps(self.result))

    def _forget_peak(self) -> None:
        if _STATUS.exists():
            _STATUS.with_name("clear_refs").write_text("5")

    def _peak(self) -> int:
        """Largest memory so far. `ru_maxrss` also counts the process that started this one."""
        if not _STATUS.exists():
            return getrusage(RUSAGE_SELF).ru_maxrss * 1024
        line = next(part for part in _STATUS.read_text().splitlines() if part.startswith("VmHWM"))
        return int(line.split()[1]) * 1024


def opening(clock: Clock, root: str) -> None:
    """Open, first episode, random episodes."""
    with clock.measured("open"):
        dataset = open_dataset(root)
    with clock.measured("first episode"):
        _visit(dataset, 0)
    chosen = random.Random(0).choices(range(len(dataset)), k=RANDOM_EPISODES)
    with clock.measured("random episodes"):
        for episode in chosen:
            _visit(dataset, episode)


def _visit(dataset: Dataset, episode: int) -> None:
    assert dataset[episode].length > 0
    for camera in dataset.cameras:
        assert dataset.layout.video(episode, camera.key)[1] >= 0


def rows(clock: Clock, root: str) -> None:
    """Rows of random episodes; the first one of a file opens it."""
    with open_dataset(root) as dataset:
        chosen = random.Random(0).choices(range(len(dataset)), k=RANDOM_EPISODES)
        with clock.measured("first rows"):
            dataset.rows(chosen[0], ["action"])
        with clock.measured("random rows"):
            for episode in chosen:
                dataset.rows(episode, ["action"])


def copy(clock: Clock, root: str, destination: str) -> None:
    """Copy the parquet files as they are, into the memory of the system."""
    with clock.measured("copy"):
        for path, place in _copies(root, destination):
            shutil.copyfile(path, place)


def durable_copy(clock: Clock, root: str, destination: str) -> None:
    """Copy them so that they survive a power failure: every file and every folder is synced."""
    with clock.measured("durable copy"):
        for path, place in _copies(root, destination):
            shutil.copyfile(path, place)
            _sync(place)
        for folder, _, _ in os.walk(destination, topdown=False):
            _sync(Path(folder))


def digested_copy(clock: Clock, root: str, destination: str) -> None:
    """Copy them and take the SHA-256 of each meanwhile."""
    with clock.measured("digested copy"):
        for path, place in _copies(root, destination):
            digest = hashlib.sha256()
            with path.open("rb", buffering=0) as source, place.open("wb", buffering=0) as target:
                while block := source.read(1 << 20):
                    digest.update(block)
                    target.write(block)
            assert digest.hexdigest()


def _copies(root: str, destination: str) -> Iterator[tuple[Path, Path]]:
    """Every parquet file that labels change, and a place for its copy."""
    source, target = Path(root), Path(destination)
    for path in sorted(source.rglob("*.parquet")):
        if path.name != "tasks.parquet":
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            yield path, place


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def apply(clock: Clock, root: str, labels: str, destination: str) -> None:
    """Write labels into a copy, a new one or one that is there."""
    with clock.measured("open"):
        source = open_dataset(root)
    with clock.measured("read labels"):
        wanted = read_labels(Path(labels), source.lengths.tolist()).labels
    with clock.measured("prepare"):
        prepared = prepare(source, wanted, Path(destination), Options())
    with clock.measured("write"):
        write_copy(prepared)


def inspect(clock: Clock, root: str) -> None:
    """Read everything there is to say about a dataset."""
    with clock.measured("inspect"), open_dataset(root) as dataset:
        assert inspect_dataset(dataset).usable


def check(clock: Clock, root: str, source: str) -> None:
    """Verify a copy against its record, and against its source."""
    with clock.measured("check"):
        check_copy(Path(root))
    with clock.measured("check against"), open_dataset(source) as dataset:
        check_copy(Path(root), against=dataset)


def export(clock: Clock, root: str) -> None:
    """Labels from the column `next.reward`."""
    with clock.measured("export"), open_dataset(root) as dataset:
        write_labels(labels_of(dataset), Dialect.LABELER)


def same_rewards(clock: Clock, root: str, labels: str) -> None:
    """Not measured: SHA-256 of the rewards in a dataset and of those its labels ask for."""
    with open_dataset(root) as dataset:
        wanted = read_labels(Path(labels), dataset.lengths.tolist()).labels
        found = _digest(labels_of(dataset))
    clock.result["same"] = float(found == _digest(wanted))


def _digest(labels: DatasetLabels) -> str:
    ranges = [[(part.start, part.end) for part in label.success] for label in labels]
    return hashlib.sha256(json.dumps(ranges).encode()).hexdigest()


def synthesize(clock: Clock, writer: str, root: str, episodes: str) -> None:
    """Not measured: a dataset, by the name of its writer in `synthetic.py`."""
    getattr(synthetic, writer)(Path(root), int(episodes))


def write_cutoffs(clock: Clock, root: str, file: str, seed: str) -> None:
    """Not measured: a label file with a random cutoff for every episode."""
    with open_dataset(root) as dataset:
        cutoffs = np.random.default_rng(int(seed)).integers(0, dataset.lengths)
    Path(file).write_text(json.dumps({str(i): int(cutoff) for i, cutoff in enumerate(cutoffs)}))


TASKS: dict[str, Callable[..., None]] = {
    task.__name__: task
    for task in (
        opening,
        rows,
        copy,
        durable_copy,
        digested_copy,
        apply,
        inspect,
        check,
        export,
        same_rewards,
        synthesize,
        write_cutoffs,
    )
}

if __name__ == "__main__":
    clock = Clock()
    TASKS[sys.argv[1]](clock, *sys.argv[2:])
    clock.finish()
