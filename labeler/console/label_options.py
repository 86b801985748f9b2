"""Options with which commands of both programs name the column that labels are in."""

from enum import StrEnum
from typing import Annotated

import typer


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
RewardAbove = Annotated[
    float | None,
    typer.Option(
        "--reward-above",
        metavar="X",
        help="Values of the column above this mean success; without it they must be 0 or 1.",
    ),
]
