"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Root = Annotated[Path, typer.Argument(metavar="ROOT", help="Folder of a LeRobot dataset.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
FramesFrom = Annotated[
    int | None,
    typer.Option(
        "--frames-from", metavar="0|1", help="Whether the label file counts frames from 0 or 1."
    ),
]
EpisodesFrom = Annotated[
    int | None,
    typer.Option(
        "--episodes-from",
        metavar="0|1",
        help="Whether the label file counts episodes from 0 or 1.",
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there already.")]
