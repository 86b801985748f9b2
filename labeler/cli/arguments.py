"""Arguments and options that several commands share."""

from enum import StrEnum
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
RewardAbove = Annotated[
    float | None,
    typer.Option(
        "--reward-above",
        metavar="X",
        help="Values of the column above this mean success; without it they must be 0 or 1.",
    ),
]


class RuleOption(StrEnum):
    """Values of --labels-rule."""

    FRAME = "frame"
    LAST = "last"
    ANY = "any"


LabelsFrom = Annotated[
    str | None,
    typer.Option(
        "--labels-from",
        metavar="COLUMN",
        help="Take labels from this column of the rows or of the list of episodes.",
    ),
]
LabelsRule = Annotated[
    RuleOption,
    typer.Option(
        "--labels-rule",
        help="What the column says: success per frame, or an episode's outcome by its last or any "
        "frame.",
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there already.")]
