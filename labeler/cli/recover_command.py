"""`labeler recover`."""

from pathlib import Path
from typing import Annotated

import typer


def run(
    copy: Annotated[Path, typer.Argument(metavar="COPY", help="Folder given to `labeler apply`.")],
) -> None:
    """Clean up after an interrupted write: the copy has all old or all new labels afterwards."""
    from labeler.console.output import say
    from labeler.storage.copying.recovery import recover

    done = recover(copy)
    for sentence in done or [f"There is nothing to recover at {copy}."]:
        say(sentence)
