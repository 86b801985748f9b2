"""`labeler open`, which is also what `labeler` and `labeler ROOT` mean."""

from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.window import Window
from labeler.console.heartbeat import pause
from labeler.errors import UsageError


def run(
    context: typer.Context,
    root: Annotated[
        Path | None,
        typer.Argument(metavar="[ROOT]", help="Folder of a LeRobot dataset, or a collection file."),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", metavar="FILE", help="Label file to continue.")
    ] = None,
) -> None:
    """Open the window; without ROOT at its start page."""
    if root is None and labels is not None:
        raise UsageError("A label file needs its recording.", "Give the recording's folder, too.")
    if root is not None and not root.expanduser().exists():
        raise UsageError(f"There is no folder {root}.", "Check the path, or see `labeler --help`.")
    window: Window = context.obj
    with pause():
        raise typer.Exit(window.open(root and root.expanduser().absolute(), labels))
