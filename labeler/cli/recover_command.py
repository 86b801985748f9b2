"""`labeler recover`."""

from pathlib import Path
from typing import Annotated

import typer


def run(
    copy: Annotated[Path, typer.Argument(metavar="COPY", help="Folder given to `labeler apply`.")],
) -> None:
    """Clean up after an interrupted write: the copy has all old or all new labels afterwards."""
    from labeler.console.output import say, say_next
    from labeler.storage.copying.recovery import recover
    from labeler.storage.record.copy_record import is_copy

    done = recover(copy)
    nothing = "there is no folder" if not copy.expanduser().exists() else "no write was interrupted"
    for sentence in done or [f"There is nothing to recover at {copy}: {nothing}."]:
        say(sentence)
    if is_copy(copy.expanduser()):
        say_next("labeler", "check", copy)
    elif (copy.expanduser() / "meta/info.json").is_file():  # a recording, which nothing writes to
        say_next("labeler", "apply", copy)
    else:
        say_next("labeler", "apply", "SOURCE", "--out", copy)
