"""Text: lines like `00: 34-`, `14: 40-48, 60-` and `01: all fail`.

Frames are counted from 1, as ffmpeg names the images it extracts; the last frame of a range
belongs to it. `#` starts a comment, and `# dataset path: ...` names the recording.
"""

import re
from collections.abc import Iterator

from labeler.errors import LabelFileError
from labeler.labels.dialects.dialect import LabelFileContent, Statement
from labeler.labels.dialects.values import episodes_of, lines_of, parse_number
from labeler.labels.wording import as_text

# For stripped lines: two runs of blanks side by side would cost the square of a line's length.
LINE = re.compile(r"\s*([0-9]+)\s*:(.*)")
_PATH = re.compile(r"#\s*dataset[ _]path\s*:(.*)", re.IGNORECASE)
_RANGE = re.compile(r"([0-9]+)\s*[-–]\s*([0-9]*)")
_FORMS = "Write `34-`, `40-48, 60-` or `all fail` after the episode's number."


def read(text: str, most: int | None = None) -> LabelFileContent:
    """What a text file says of at most so many episodes."""
    paths: list[str] = []

    def episodes() -> Iterator[tuple[str, str]]:
        for number, line in lines_of(text):
            if not paths and (found := _PATH.fullmatch(line.strip())):
                paths.append(found[1].strip())
            said = line.partition("#")[0]
            if said.strip():
                yield _parts(said, number)

    statements = tuple(_statement(*entry) for entry in episodes_of(episodes(), most))
    return LabelFileContent(statements, dataset_path=next(iter(paths), None), counts_from=1)


def _parts(line: str, number: int) -> tuple[str, str]:
    found = LINE.fullmatch(line)
    if not found:
        raise LabelFileError(
            f"Line {number} is {as_text(line.strip())}, which names no episode.", _FORMS
        )
    return found[1], found[2].strip()


def _statement(episode: int, place: str, said: str) -> Statement:
    if " ".join(said.lower().split()) == "all fail":
        return Statement(episode, place)
    return Statement(episode, place, tuple(_range(part, place) for part in said.split(",")))


def _range(part: str, place: str) -> tuple[int, int | None]:
    found = _RANGE.fullmatch(part.strip())
    if not found:
        raise LabelFileError(f"{place}: {as_text(part.strip())} is not a range of frames.", _FORMS)
    what = f"{place}: a frame"
    return parse_number(found[1], what), parse_number(found[2], what) if found[2] else None
