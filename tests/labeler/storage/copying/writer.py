"""`python -m tests.labeler.storage.copying.writer SOURCE COPY ROUNDS`: writes one copy in rounds.

In each round it says `ready`, waits for a line, and writes. Inside of the lock it says `holding`
and waits for a line again. Then come `done`, or what an error said.
"""

import sys
from pathlib import Path

from labeler.dataset import open_dataset
from labeler.errors import LabelerError
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode import with_cutoff
from labeler.progress import Progress
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import prepare
from labeler.storage.record.copy_record import Options


class Waiting(Progress):
    """Waits for a line before the first byte is written."""

    def begin(self, phase: str, total_bytes: int, total_files: int) -> None:
        if phase == "Writing":
            answer("holding")


def answer(word: str) -> None:
    """Say a line and wait for one."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()
    sys.stdin.readline()


def write(source: Path, destination: Path, cutoff: int) -> str:
    with open_dataset(source) as dataset:
        lengths = dataset.lengths.tolist()
        labels = {e: with_cutoff(EpisodeLabel(n), cutoff) for e, n in enumerate(lengths)}
        prepared = prepare(dataset, DatasetLabels(lengths, labels), destination, Options())
        answer("ready")
        try:
            write_copy(prepared, Waiting())
        except LabelerError as error:
            return str(error)
    return "done"


def main() -> None:
    source, destination, rounds = sys.argv[1:]
    for number in range(int(rounds)):
        answer(write(Path(source), Path(destination), number % 3))


if __name__ == "__main__":
    main()
