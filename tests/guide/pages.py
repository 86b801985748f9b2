"""README and guide as one walk: their blocks, in the order in which a new user meets them."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN = ("text", "")
"""Languages of blocks that show something and ask for nothing."""


@dataclass(frozen=True)
class Block:
    """A block of a page between fences."""

    page: Path
    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The commands of a block for the shell, without comments."""
        lines = (shlex.split(line, comments=True) for line in self.text.splitlines())
        return [_joined(words) for words in lines if words]


def _joined(words: list[str]) -> str:
    """Words as a line for the shell, which still expands `~` and keeps `&&`."""
    return " ".join(word if word == "&&" else _quoted(word) for word in words)


def _quoted(word: str) -> str:
    return f"~/{shlex.quote(word[2:])}" if word.startswith("~/") else shlex.quote(word)


def blocks_of(page: Path) -> list[Block]:
    """All blocks of a page, in their order."""
    return [Block(page, *found) for found in _FENCE.findall(page.read_text("utf-8"))]


def blocks() -> Iterator[Block]:
    """All blocks of README and guide, in the order of `ordered_pages`."""
    for page in ordered_pages():
        yield from blocks_of(page)


def ordered_pages() -> list[Path]:
    """The README, the pages that docs/README.md names, in its order, then those it leaves out."""
    contents = ROOT / "docs" / "README.md"
    named = re.findall(r"\]\(([\w-]+\.md)\)", contents.read_text("utf-8"))
    ordered = [README, contents, *(contents.with_name(name) for name in named)]
    return list(dict.fromkeys([*ordered, *PAGES]))


def example(page: str) -> dict[str, Any]:
    """The first block of JSON on a page of the guide, or in the README."""
    place = README if page == README.name else ROOT / "docs" / page
    found: dict[str, Any] = json.loads(
        next(block.text for block in blocks_of(place) if block.language == "json")
    )
    return found
