"""`labeler preview`."""

from pathlib import Path
from typing import Annotated

import typer

CONTEXT_SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Settings of the command: all options are those of the process that it starts."""


def run(
    context: typer.Context,
    checkpoint: Annotated[
        Path, typer.Argument(metavar="CHECKPOINT", help="Folder of a run, or `pretrained_model`.")
    ],
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="Video, dataset, or camera as /dev/video0.")
    ],
) -> None:
    """Watch a classifier score a video, an episode (--episode N) or a camera, as the robot would.

    The options are those of `labeler-train preview`, which this starts: --out VIDEO.mp4 records,
    --threshold, --live, --seconds, --events - prints JSON lines, --device.
    """
    from labeler.cli.training import train

    train(["preview", str(checkpoint), str(source), *context.args])
