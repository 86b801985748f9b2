"""The table in docs/lerobot-differences.md, one section per release of LeRobot."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.mutations.mutation import ALL, LEROBOT_TOLERANCE, Mutation
from tests.mutations.reading import Reading, difference, read_ourselves
from tests.mutations.verdicts import RIGHT, Said, Verdict, inspected, objection, verdict

TABLE = Path(__file__).resolve().parents[2] / "docs" / "lerobot-differences.md"
_HEAD = "| what is different | recording | LeRobot | Labeler | `inspect` |\n|---|---|---|---|---|\n"
_MOST = 200  # characters of a cell


@dataclass(frozen=True)
class Line:
    """A line of the table, its cells as they stand there."""

    change: str
    base: str
    theirs: str
    ours: str
    said: str

    @property
    def place(self) -> tuple[str, str]:
        """What tells the line from others."""
        return self.change, self.base

    def __str__(self) -> str:
        cells = (self.change, f"`{self.base}`", self.theirs, self.ours, self.said)
        return f"| {' | '.join(cells)} |"


def judged(
    mutation: Mutation, root: Path, theirs: Reading, refused: Verdict | None
) -> tuple[Line, str]:
    """The line of a mutation whose recording lies at `root`, and why the verdicts do not fit.

    `refused` is LeRobot's verdict where it read nothing.
    """
    ours, said = read_ourselves(root), inspected(root)
    one, other = refused or verdict(mutation, theirs), verdict(mutation, ours)
    why = objection(mutation, one, other, said)
    if not why and one.kind == other.kind == RIGHT and said.severity != "warning":
        why = difference(theirs, ours)
    return line(mutation, root, one, other, said), why


def line(mutation: Mutation, root: Path, theirs: Verdict, ours: Verdict, said: Said) -> Line:
    """What the table says of a mutation whose recording lay at `root`."""
    worst = said.sentences[0] if said.sentences else ""
    spoken = f"{said.severity}: {worst}" if worst else said.severity
    told = mutation.tolerance_s
    hint = "" if told == LEROBOT_TOLERANCE else f" (`tolerance_s={told}`)"
    return Line(
        _cell(mutation.name, root),
        mutation.base,
        _cell(str(theirs), root) + (hint if theirs.kind == RIGHT else ""),
        ours.kind if ours.kind == "refuses" else _cell(str(ours), root),
        _cell(spoken, root),
    )


def _cell(text: str, root: Path) -> str:
    text = text.replace(f"{root}/", "").replace(str(root), "the recording")
    text = text.replace(f"{root.parent}/", "../")  # where a link out of the recording leads
    text = re.sub(r"\s+", " ", text)
    if len(text) > _MOST:
        text = text[:_MOST].rsplit(" ", 1)[0] + " …"
    return re.sub(r"([|<*_`])", r"\\\1", text)


def section(release: str, lines: list[Line]) -> str:
    """The section of one release."""
    kinds = Counter(line.theirs.split(":")[0].split(" (")[0] for line in lines)
    counted = ", ".join(f"{kind}: {number}" for kind, number in kinds.most_common())
    body = "\n".join(str(line) for line in lines)
    return f"## LeRobot {release}\n\n{len(lines)} recordings. LeRobot {counted}.\n\n{_HEAD}{body}\n"


def documented(release: str) -> str:
    """The section as it stands in the document; empty if there is none."""
    found = re.search(rf"## LeRobot {re.escape(release)}\n.*?(?=\n## |\Z)", _document(), re.DOTALL)
    return found[0] if found else ""


def write_line(release: str, judged: Line) -> None:
    """Put a line into the section of a release, in the place of the old one if there is one."""
    lines = [one for one in documented_lines(release) if one.place != judged.place]
    order = [line_place(change) for change in ALL.values()]
    lines = sorted([*lines, judged], key=lambda one: order.index(one.place))
    old, new = documented(release), section(release, lines)
    TABLE.write_text(_document().replace(old, new), "utf-8")


def documented_lines(release: str) -> list[Line]:
    """The lines of a section as they stand in the document."""
    rows = re.findall(r"^\| (.+) \| `(.+?)` \| (.+) \| (.+) \| (.+) \|$", documented(release), re.M)
    return [Line(*row) for row in rows]


def line_place(mutation: Mutation) -> tuple[str, str]:
    """What tells the line of a mutation from others."""
    return _cell(mutation.name, TABLE), mutation.base


def _document() -> str:
    return TABLE.read_text("utf-8")
