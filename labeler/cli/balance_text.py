"""Success and failure of a collection, for people."""

from collections.abc import Iterable

from rich.markup import escape
from rich.table import Table

from labeler.collection.balance import Balance, Group
from labeler.console.output import results
from labeler.labels import State

_BAR = 20  # characters of the share
_WIDE = 100  # columns of a terminal that has room for it


def print_balance(balance: Balance) -> None:
    """A table by recording, and one by session where that says more.

    Share is that of success frames among those with a label; open episodes have no decision.
    """
    results.print(_table("recording", balance.sources, balance.total))
    if len(balance.sessions) > 1 or balance.by == "tag":
        results.print(_table(balance.by, balance.sessions))


def _table(first: str, groups: Iterable[Group], total: Group | None = None) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(first, overflow="fold")
    for name in ("episodes", "success", "never", "open", "twice", "frames", "share"):
        table.add_column(name, justify="right", no_wrap=True)
    if results.width >= _WIDE:
        table.add_column("success")
    for group in groups:
        table.add_row(escape(group.name), *_cells(group))
    if total is not None:
        table.add_section()
        table.add_row(escape(total.name), *_cells(total), style="bold")
    return table


def _cells(group: Group) -> list[str]:
    undecided = group.states[State.UNLABELED] + group.states[State.SKIPPED]
    share = group.share
    counts = (group.states[State.SUCCESS], group.states[State.NEVER], undecided, group.duplicates)
    cells = [
        f"{group.episodes:,}",
        *(f"{count:,}" if count else "—" for count in counts),
        f"{group.frames.total:,}",
        "—" if share is None else f"{share:.1%}",
    ]
    if results.width >= _WIDE:
        full = round((share or 0) * _BAR)
        cells.append("" if share is None else "█" * full + "░" * (_BAR - full))
    return cells
