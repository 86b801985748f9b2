"""`python -m tests.labeler.storage.copying.reader COPY HOW`: reads a copy again and again.

HOW is `labels`, `check` or `inspect`. Says what it found whenever that is something new, and
`done` with the number of passes once its standard input ends.
"""

import select
import sys
from collections.abc import Callable
from pathlib import Path

from labeler.dataset import open_dataset, steady
from labeler.dataset.labels_of import labels_of
from labeler.inspection import inspect_dataset
from labeler.storage.checking.check import differences


def labels(root: Path) -> object:
    """Where success begins in each episode, without repetitions."""
    with open_dataset(root) as dataset:
        return sorted({label.success[0].start for label in labels_of(dataset)})


def inspect(root: Path) -> object:
    with open_dataset(root) as dataset:
        report = inspect_dataset(dataset)
    said = [oddity.sentence for oddity in report.oddities]
    return said, report.labels is not None and report.labels.success_frames


HOW: dict[str, Callable[[Path], object]] = {
    "labels": labels,
    "check": differences,
    "inspect": inspect,
}


def main() -> None:
    root, read = Path(sys.argv[1]), HOW[sys.argv[2]]
    last, passes = None, 0
    steady._PATIENCE = 3000  # on a busy machine whoever writes may stand still for long
    while not select.select([sys.stdin], [], [], 0)[0]:
        if (found := read(root)) != last:
            sys.stdout.write(f"{found}\n")
            sys.stdout.flush()
            last = found
        passes += 1
    sys.stdout.write(f"done {passes}\n")


if __name__ == "__main__":
    main()
