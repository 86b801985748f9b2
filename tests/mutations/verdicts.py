"""Both verdicts on a mutation, and whether they fit together."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from labeler.dataset import open_dataset
from labeler.errors import LabelerError
from labeler.inspection import inspect_dataset
from labeler.inspection.oddity import Severity
from tests.mutations.mutation import Mutation
from tests.mutations.reading import Reading, fault, missing

RIGHT = "reads it"


@dataclass(frozen=True)
class Verdict:
    """What a reader makes of a recording.

    kind: "reads it", "reads it wrong", "images lack" or "refuses"
    detail: what is wrong with it
    """

    kind: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}" if self.detail else self.kind


@dataclass(frozen=True)
class Said:
    """The worst that `inspect` says of a recording: severity, and the sentences of all oddities."""

    severity: str
    sentences: tuple[str, ...]


def verdict(mutation: Mutation, reading: Reading) -> Verdict:
    """Whether a reading is what was recorded."""
    if reading.failure:
        return Verdict("refuses", reading.failure)
    if wrong := fault(mutation, reading):
        return Verdict("reads it wrong", wrong)
    if lacking := missing(reading):
        rows = sum(map(len, reading.episodes))
        return Verdict("images lack", f"{lacking} of {rows}")
    return Verdict(RIGHT)


def inspected(root: Path) -> Said:
    """What `labeler inspect` says."""
    try:
        with closing(open_dataset(root)) as dataset:
            found = inspect_dataset(dataset).oddities
    except LabelerError as error:
        assert error.cures, error
        return Said("refused", (error.message,))
    worst = next((s for s in Severity if any(o.severity is s for o in found)), None)
    return Said(str(worst or "nothing odd"), tuple(oddity.sentence for oddity in found))


def objection(mutation: Mutation, theirs: Verdict, ours: Verdict, said: Said) -> str:
    """Why both verdicts do not fit together; empty if they do."""
    alarmed = said.severity in ("refused", "error", "warning")
    if ours.kind == "reads it wrong" and not (alarmed or said.severity == "note"):
        return "Labeler reads it wrong without a word"
    if theirs.kind == RIGHT:
        if ours.kind != RIGHT:
            return "LeRobot reads it, Labeler does not"
        if said.severity in ("refused", "error"):
            return f"LeRobot reads it, inspect calls it an {said.severity}"
        if mutation.odd and said.severity == "nothing odd":
            return "inspect does not say what is odd"
    elif not alarmed and said.severity != "note":
        return "LeRobot does not read it right, and inspect says nothing"
    return ""
