"""Arguments and options that several commands of the trainer share."""

from pathlib import Path
from typing import Annotated

import typer

Checkpoint = Annotated[
    Path, typer.Argument(metavar="CHECKPOINT", help="Folder of a run, or `pretrained_model`.")
]
Labels = Annotated[
    Path | None,
    typer.Option(
        "--labels", metavar="FILE", help="Label file; default: the window's, else its own."
    ),
]
FramesFrom = Annotated[
    int | None,
    typer.Option("--frames-from", metavar="0|1", help="What the label file counts frames from."),
]
EpisodesFrom = Annotated[
    int | None,
    typer.Option("--episodes-from", metavar="0|1", help="What it counts episodes from."),
]
Camera = Annotated[
    list[str] | None,
    typer.Option(
        "--camera",
        metavar="KEY",
        help="Camera to use, or the end of its key; repeatable.",
    ),
]
Device = Annotated[
    str | None, typer.Option("--device", help="cuda, mps or cpu; default: the fastest.")
]
On = Annotated[
    str,
    typer.Option(
        "--on",
        metavar="PLACE",
        help="Who encodes frames: local, dask, tcp://HOST:8786, a scheduler's file, or a queue's "
        "(slurm.yaml).",
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Stop at the first damaged episode; else all others are encoded first."
    ),
]
