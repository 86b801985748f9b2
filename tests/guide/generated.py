"""Pages that are made from the program: `python -m tests.guide.generated` writes them again."""

from collections.abc import Iterator
from pathlib import Path

import labeler.cli.cures
import labeler.ui.kit.cures
from labeler import errors
from labeler.cures import Advice
from labeler.ui.commands.catalogue import COMMANDS
from tests.guide.messages import KINDS, messages

DOCS = Path(__file__).resolve().parents[2] / "docs"


def pages() -> dict[str, str]:
    """File name -> content."""
    return {"troubleshooting.md": troubleshooting(), "keys.md": keys()}


def troubleshooting() -> str:
    """Exit codes, and everything that Labeler says would help, at the command line and inside."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {1: "Training failed, or something else did that you can cure; the message says what."}
    for kind in kinds:
        if issubclass(kind, errors.LabelerError) and kind.exit_code not in codes:
            codes[kind.exit_code] = (kind.__doc__ or "").splitlines()[0]
    lines = [
        "# Troubleshooting",
        "",
        "Every message has two parts: what happened, and what would help. `labeler doctor` looks "
        "at the installation. This page lists all of them; it is made from the program's source "
        "(`python -m tests.guide.generated`). Names in braces stand for what a message names: "
        "search for the words around them. The file or the episode that a message is about may "
        "stand before it.",
        "",
        "## Exit codes",
        "",
        "| code | means |",
        "|---|---|",
        "| 0 | done |",
        *(f"| {code} | {what} |" for code, what in sorted(codes.items())),
        "| 70 | A bug in Labeler; please report it with the lines above the message. |",
        "| 130 | Interrupted by Ctrl-C. |",
        "",
        *_errors(codes),
        "## What helps in the window",
        "",
        "The window words some of it differently, and has buttons for much of it.",
        "",
        "| when | at the command line | in the window |",
        "|---|---|---|",
    ]
    for cure, words in labeler.cli.cures.WORDS.items():
        if cure is Advice:
            continue
        when = " ".join((cure.__doc__ or "").split())
        inside = labeler.ui.kit.cures.WORDS[cure]
        lines.append(f"| {_cell(when)} | {_cell(words)} | {_cell(inside)} |")
    return "\n".join(lines) + "\n"


def _errors(codes: dict[int, str]) -> Iterator[str]:
    """A table of messages for each exit code."""
    found = messages()
    for code, what in sorted(codes.items()):
        yield from (f"## Exit code {code}", "", what, "", "| message | what helps |", "|---|---|")
        rows = [one for one in found if KINDS[one.kind].exit_code == code]
        yield from dict.fromkeys(f"| {_cell(one.text)} | {_cell(one.cure)} |" for one in rows)
        yield ""


def keys() -> str:
    """Every command of the window with its keys."""
    lines = [
        "# Keys",
        "",
        "All commands of the window with their default keys; *Settings* changes them."
        " Commands without a key are in the palette (`Ctrl+K`).",
    ]
    for group in dict.fromkeys(command.group for command in COMMANDS):
        lines += ["", f"## {group}", "", "| key | command |", "|---|---|"]
        for command in COMMANDS:
            if command.group == group:
                shown = ", ".join(f"`{key}`" for key in command.keys)
                lines.append(f"| {shown} | {_cell(command.text)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    text = text.replace("{{", "{").replace("}}", "}").replace("|", "\\|").replace("<", "&lt;")
    return text.strip()


if __name__ == "__main__":
    for name, content in pages().items():
        (DOCS / name).write_text(content, encoding="utf-8")
