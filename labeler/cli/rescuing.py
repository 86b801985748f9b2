"""What is whole of a recording that was not closed, and `labeler split --intact` of one."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labeler.storage.record.copy_record import Options
    from labeler.storage.recording.unfinished import Unfinished

COMMAND = "labeler split"


def rescues(root: Path, *, intact: bool) -> bool:
    """Whether the episodes that are whole have to be found without a list of them."""
    from labeler.storage.recording.unfinished import is_unfinished

    return intact and is_unfinished(root.expanduser().absolute())


def rescue_episodes(
    root: Path,
    out: Path,
    options: "Options",
    conditions: "Iterable[object]",
    *,
    dry_run: bool,
    overwrite: bool,
) -> None:
    """Write the whole episodes into a recording of their own, or say which these are.

    Raises:
        UsageError: there are conditions or options, which mean nothing before there is a list of
            episodes.
        DamagedDatasetError: no episode is whole.
        StorageError: nothing was written.
    """
    from labeler.console.output import say, say_next, say_next_again
    from labeler.console.outputs import output_folder
    from labeler.storage.copying.destination import check_new_destination
    from labeler.storage.recording.rescuing import rescue
    from labeler.storage.recording.unfinished import find_unfinished

    source, place = root.expanduser().absolute(), out.expanduser().absolute()
    _require_alone(source, options, conditions)
    check_new_destination([source], place, replaces=True)
    found = find_unfinished(source)
    _say_found(found)
    if dry_run:
        say("Nothing was written.")
        say_next_again(without="--dry-run")
        return
    with output_folder(place, COMMAND, overwrite=overwrite, sources=[source]) as aside:
        rescue(found, place, aside)
    say(f"They are in {place}, which is a recording like any other.")
    say_next("labeler", "open", place)


def say_whole_episodes(root: Path) -> None:
    """Say which episodes are whole if a recorder did not close a recording, else nothing."""
    from labeler.errors import DamagedDatasetError
    from labeler.storage.recording.unfinished import find_unfinished, is_unfinished

    source = root.expanduser().absolute()
    with suppress(DamagedDatasetError):  # what stands in the way is told by whoever opens it
        if is_unfinished(source):
            _say_found(find_unfinished(source))


def _require_alone(source: Path, options: "Options", conditions: "Iterable[object]") -> None:
    from labeler.errors import UsageError
    from labeler.storage.record.copy_record import Options

    if options != Options() or any(one is not None for one in conditions):
        raise UsageError(
            f"{source} was not closed by its recorder, so that --intact can only take all episodes "
            "that are whole.",
            "Leave out the other conditions and options; they can be used on what is written then.",
        )


def _say_found(found: "Unfinished") -> None:
    from labeler.console.output import note, say
    from labeler.labels.wording import episodes_text, plural

    count = len(found.lengths)
    frames = plural(int(found.lengths.sum()), "frame")
    note(f"{found.root} was not closed by its recorder: its list of episodes has to be rebuilt.")
    say(f"{count} of {count + found.lost}: {episodes_text(range(count))}, {frames}.")
    if found.lost:
        note(f"Of {plural(found.lost, 'further episode')} there are rows, but not all images.")
