"""What was written, as users know it."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from labeler.console.output import results, say
from labeler.labels.summary import Frames, Summary
from labeler.storage.record.selection import Kept

_MOST = 60


def print_summary(summary: Summary, kept: Sequence[Kept]) -> None:
    """Success, failure and excluded frames per episode and in total."""
    table = Table("episode", "success", "failure", "excluded", "frames", box=None, padding=(0, 2))
    for column in table.columns:
        column.justify = "right"
    for episode, frames in enumerate(summary.episodes[:_MOST]):
        source = kept[episode].episode
        name = str(episode) if source == episode else f"{episode} (was {source})"
        table.add_row(name, *_numbers(frames))
    if len(summary.episodes) > _MOST:
        table.add_row("…")
    table.add_section()
    table.add_row("total", *_numbers(summary.total), style="bold")
    results.print(table)


def print_paste_line(root: Path, repo_id: str, *, labelled: bool = True) -> None:
    """How to open the copy with LeRobot, to paste."""
    say(f"{'Labelled copy' if labelled else 'Copy without labels'}: {root}")
    say(f'  LeRobotDataset("{repo_id}", root="{root}")')
    say(f'  HF_HUB_OFFLINE=1 … --dataset.repo_id={repo_id} --dataset.root="{root}"')


def _numbers(frames: Frames) -> list[str]:
    counts = (frames.success, frames.failure, frames.excluded, frames.total)
    return [f"{count:,}" for count in counts]
