"""`labeler-train preview`."""

from pathlib import Path
from typing import Annotated

import typer

from classifier.cli.arguments import Checkpoint, Device
from classifier.cli.completing import require_run

Source = Annotated[
    Path, typer.Argument(metavar="SOURCE", help="Video, dataset, or camera as /dev/video0.")
]
Episode = Annotated[
    int | None, typer.Option("--episode", metavar="N", help="Episode of a dataset.")
]
Camera = Annotated[
    str | None,
    typer.Option("--camera", metavar="KEY", help="Which camera of the classifier SOURCE is."),
]
Threshold = Annotated[
    float | None,
    typer.Option("--threshold", min=0, max=1, help="Default: that of the checkpoint."),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="VIDEO.mp4", help="Record what is predicted.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an existing video.")]
Live = Annotated[
    bool,
    typer.Option(
        "--live", help="Play the video or episode as a camera would: late images are dropped."
    ),
]
Seconds = Annotated[
    float | None, typer.Option("--seconds", min=0, help="Stop after this many seconds of SOURCE.")
]
Events = Annotated[
    str | None,
    typer.Option("--events", metavar="-", help="Print each frame as a JSON line on stdout."),
]
Images = Annotated[
    int | None,
    typer.Option(
        "--images",
        min=16,
        metavar="ROWS",
        help="Add JPEGs at most this many rows high to events.",
    ),
]
Thresholds = Annotated[
    str | None,
    typer.Option("--thresholds", metavar="-", help="Read thresholds from stdin until it closes."),
]


def run(
    checkpoint: Checkpoint,
    source: Source,
    episode: Episode = None,
    camera: Camera = None,
    threshold: Threshold = None,
    out: Out = None,
    overwrite: Overwrite = False,
    live: Live = False,
    seconds: Seconds = None,
    device: Device = None,
    events: Events = None,
    images: Images = None,
    thresholds: Thresholds = None,
) -> None:
    """Predict a video, an episode or a camera image by image, as the robot would.

    Shows probability, frames per second and latency. Ctrl-C ends it and keeps what was recorded.
    """
    # Torch takes seconds to import, which --help and wrong arguments need not wait for.
    require_run(checkpoint)
    from classifier.cli.predicting import load_on_device
    from classifier.cli.previewing import PreviewOptions, preview
    from labeler.errors import UsageError

    for name, value in (("events", events), ("thresholds", thresholds)):
        if value not in (None, "-"):
            raise UsageError(f"--{name} {value} is not possible.", f"Use --{name} -")
    wish = PreviewOptions(
        checkpoint=checkpoint, source=source.expanduser(), episode=episode, camera=camera,
        threshold=threshold,
        out=out and out.expanduser().absolute(), overwrite=overwrite, live=live, seconds=seconds,
        events=events is not None, images=images, thresholds=thresholds is not None,
    )  # fmt: skip
    preview(load_on_device(checkpoint, device), wish)
