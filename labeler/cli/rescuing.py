"""`labeler split --intact` of a recording that its recorder did not close."""

from pathlib import Path

COMMAND = "labeler split"


def rescues(root: Path, *, intact: bool) -> bool:
    """Whether the episodes that are whole have to be found without a list of them."""
    from labeler.storage.recording.unfinished import is_unfinished

    return intact and is_unfinished(root.expanduser().absolute())


def rescue_episodes(root: Path, out: Path, *, alone: bool, dry_run: bool, overwrite: bool) -> None:
    """Write the whole episodes into a recording of their own, or say which these are.

    `alone` says that no other condition or option was given.

    Raises:
        UsageError: there are others, which mean nothing before there is a list of episodes.
        DamagedDatasetError: no episode is whole.
        StorageError: nothing was written.
    """
    from labeler.console.output import note, say, say_next, say_next_again
    from labeler.console.outputs import output_folder
    from labeler.errors import UsageError
    from labeler.labels.wording import episodes_text, plural
    from labeler.storage.copying.destination import check_new_destination
    from labeler.storage.recording.rescuing import rescue
    from labeler.storage.recording.unfinished import find_unfinished

    source, place = root.expanduser().absolute(), out.expanduser().absolute()
    if not alone:
        raise UsageError(
            f"{source} was not closed by its recorder, so that --intact can only take all episodes "
            "that are whole.",
            "Leave out the other conditions and options; they can be used on what is written then.",
        )
    check_new_destination([source], place, replaces=True)
    found = find_unfinished(source)
    count = len(found.lengths)
    frames = plural(int(found.lengths.sum()), "frame")
    note(f"{source} was not closed by its recorder, and lists no episodes: they are rebuilt.")
    say(f"{count} of {count + found.lost}: {episodes_text(range(count))}, {frames}.")
    if found.lost:
        note(f"Of {plural(found.lost, 'further episode')} there are rows, but not all images.")
    if dry_run:
        say("Nothing was written.")
        say_next_again(without="--dry-run")
        return
    with output_folder(place, COMMAND, overwrite=overwrite, sources=[source]) as aside:
        rescue(found, place, aside)
    say(f"They are in {place}, which is a recording like any other.")
    say_next("labeler", "open", place)
