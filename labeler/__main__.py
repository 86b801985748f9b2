"""Entry point of `labeler` and of `python -m labeler`."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.console.interrupts import end_by_signals, repeat_interrupt
from labeler.left_out import leave_out

if TYPE_CHECKING:
    from labeler.dataset.labels_of import ColumnReading


def main(arguments: list[str] | None = None) -> None:
    """Run a command; where none is named, open the window. Everything else is imported then.

    Without `arguments` it is the program of this process.
    """
    own = arguments is None
    if own:
        leave_out()
    with end_by_signals("labeler", own=own):
        from labeler.cli import Window, run_program

        run_program(arguments, Window(_open_window, _has_screen, _check_screen))


def _open_window(root: Path | None, labels: Path | None, column: "ColumnReading | None") -> int:
    """Qt is imported only where a window is wanted.

    Nothing that is imported becomes garbage, and looking for some of it takes a tenth of the time
    until the first image; the window has it looked for again once it stands.
    """
    gc.disable()
    from labeler.ui.window.screen import check_screen

    check_screen()
    from labeler.ui.kit.small_process import leave_features_out, sparing_libraries

    leave_features_out()
    with sparing_libraries():
        from labeler.ui.window.app import run

    return run(root, labels, column, begin=repeat_interrupt)


def _check_screen() -> None:
    from labeler.ui.window.screen import check_screen

    check_screen()


def _has_screen() -> bool:
    from labeler.ui.window.screen import has_screen

    return has_screen()


if __name__ == "__main__":
    main()
