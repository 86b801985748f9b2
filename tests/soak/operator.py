"""`python -m tests.soak.operator RECORDING LABELS`: labels what it is told to.

A line `EPISODE FRAME` is a decision, `undo` takes the last one back; each is answered when it is
on the disk.
"""

import sys
from pathlib import Path

from labeler.labels.episode import with_cutoff
from labeler.session import Session


def main() -> None:
    session = Session.open(Path(sys.argv[1]), Path(sys.argv[2]), author="operator")
    for line in sys.stdin:
        if line.strip() == "undo":
            session.undo()
        else:
            episode, frame = map(int, line.split())
            label = with_cutoff(session.label(episode), frame)
            session.decide(episode, label, frame=frame, what=f"success from {frame}")
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
