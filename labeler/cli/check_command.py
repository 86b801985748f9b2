"""`labeler check`."""

from pathlib import Path
from typing import Annotated

import typer


def run(
    copy: Annotated[Path, typer.Argument(metavar="COPY", help="Folder `labeler apply` wrote.")],
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="SOURCE", help="Compare with the recording, too."),
    ] = None,
) -> None:
    """Verify a labelled copy: rows, videos, labels, statistics.

    Exits with 6 and a list if anything differs. Writes nothing.
    """
    from contextlib import nullcontext

    from labeler.cli.training import cameras_to_name
    from labeler.console.output import say, say_next
    from labeler.console.progress import byte_progress
    from labeler.dataset import open_dataset
    from labeler.remote import require_folder
    from labeler.storage.checking.check import check_copy

    require_folder(copy)
    root = copy.expanduser().absolute()
    with (
        nullcontext() if against is None else open_dataset(against) as source,
        byte_progress() as progress,
    ):
        check_copy(root, against=source, progress=progress)
    compared = f", and agrees with {against}" if against else ""
    say(f"{root} is as Labeler wrote it{compared}.")
    with open_dataset(root) as dataset:
        if all(camera.is_depth for camera in dataset.cameras):  # nothing that could be learnt from
            say_next("labeler", "export", copy)
        else:
            say_next("labeler-train", copy, *cameras_to_name(dataset))
