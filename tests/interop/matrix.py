"""docs/lerobot-matrix.md: recordings of each writer against each release of LeRobot."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.interop.releases import RELEASES
from tests.recordings import ROOTS

TABLE = Path(__file__).resolve().parents[2] / "docs" / "lerobot-matrix.md"
ROWS = [root for root in ROOTS if not root.name.endswith(("-resumed", "-merged", "-h264-reward"))]
"""One recording of each format, writer and kind of camera."""
JOBS = ("apply", "read back", "train", "predict with ours", "load theirs")
"""What is tried with each recording and release."""


@dataclass(frozen=True)
class Line:
    """A recording and a release, and what came out of each job."""

    recording: str
    release: str
    results: tuple[str, ...]

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the table."""
        names = [root.name for root in ROWS], [release.name for release in RELEASES]
        return names[0].index(self.recording), names[1].index(self.release)

    def __str__(self) -> str:
        return f"| {' | '.join((f'`{self.recording}`', self.release, *self.results))} |"


def documented() -> list[Line]:
    """The lines of the table as they stand in the document."""
    found = re.findall(r"^\| `([^`]+)` \| ([\d.]+) \| (.+) \|$", TABLE.read_text("utf-8"), re.M)
    return [Line(name, release, tuple(rest.split(" | "))) for name, release, rest in found]


def write_line(line: Line) -> None:
    """Put a line into the table, in the place of the old one if there is one."""
    lines = [one for one in documented() if one.place != line.place]
    body = "\n".join(map(str, sorted([*lines, line], key=lambda one: one.place)))
    head = f"| recording | LeRobot | {' | '.join(JOBS)} |\n{'|---' * (2 + len(JOBS))}|\n"
    before, _, _ = TABLE.read_text("utf-8").partition("| recording |")
    TABLE.write_text(f"{before}{head}{body}\n", "utf-8")
