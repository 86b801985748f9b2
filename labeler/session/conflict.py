"""The cures for a label file that somebody else changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from labeler.dataset import Dataset
from labeler.labels import DatasetIdentity, EpisodeLabel
from labeler.labels.document import to_text
from labeler.session.autosave import Autosave, Before
from labeler.session.entries import Crops, entry_of
from labeler.session.opening import read_file
from labeler.session.table import Table

Labels = Mapping[int, EpisodeLabel]


@dataclass(frozen=True)
class Settled:
    """How a conflict ended: what changes in the session, and what the file says otherwise."""

    changes: Mapping[int, EpisodeLabel]
    identity: DatasetIdentity
    crops: Crops


def take_theirs(autosave: Autosave, dataset: Dataset, table: Table) -> Settled:
    """Take the file as it is now; what the session had is kept in a file beside it.

    Call with `autosave.taking_over` and `autosave.lock` held.

    Raises:
        LabelError: the file cannot be understood or belongs to another dataset; the conflict stays.
        StorageError: the file cannot be read, or nothing could be written; the conflict stays.
    """
    with autosave.file.settling():
        theirs = read_file(autosave.file, dataset)
        changes = _differences(table, theirs.touched)
        if (changes or theirs.crops != table.crops) and autosave.journal is not None:
            ours = to_text(table.snapshot(theirs.identity)).encode("ascii")
            autosave.file.keep_aside(ours, "before-reload")
        autosave.settle(autosave.file.digest)
    return Settled(changes, theirs.identity, theirs.crops)


def take_both(autosave: Autosave, dataset: Dataset, table: Table) -> Settled:
    """Take the file as it is now, and over it what the session decided since.

    What they say otherwise of that is kept in a file beside it. Call with both locks held.

    Raises:
        LabelError: the file cannot be understood or belongs to another dataset; the conflict stays.
        StorageError: the file cannot be read, or nothing could be written; the conflict stays.
    """
    with autosave.file.settling():
        theirs = read_file(autosave.file, dataset)
        ours = {
            episode: table[episode]
            for episode, before in sorted(autosave.since.labels.items())
            if table[episode] != before
        }
        of_theirs = {episode: theirs[episode] for episode in ours}
        replaced = {
            episode: label for episode, label in ours.items() if of_theirs[episode] != label
        }
        crops, lost = _both(theirs.crops, table.crops, autosave.since.crops)
        if (replaced and theirs.touched) or lost:
            autosave.file.keep_copy("before-merge")
        drawn = None if crops == theirs.crops else crops
        entries = (entry_of(replaced, "merge", drawn),) if replaced or drawn is not None else ()
        labels = {episode: of_theirs[episode] for episode in replaced}
        of_file = Before(labels, None if drawn is None else theirs.crops)
        autosave.settle(autosave.file.digest, entries, of_file)
    changes = _differences(table, {**theirs.touched, **ours})
    return Settled(changes, theirs.identity, crops)


def _both(theirs: Crops, ours: Crops, before: Crops | None) -> tuple[Crops, bool]:
    """Their crops with those that were changed here since `before`, None where none was.

    Also whether a crop of theirs that is not the one before is lost by that.
    """
    if before is None:
        return theirs, False
    changed = {key for key in {*ours, *before} if ours.get(key) != before.get(key)}
    crops = {key: crop for key, crop in theirs.items() if key not in changed}
    crops |= {key: ours[key] for key in changed if key in ours}
    lost = any(theirs.get(key) not in (before.get(key), ours.get(key)) for key in changed)
    return crops, lost


def _differences(table: Table, wanted: Labels) -> Labels:
    """What has to change for the table to say what is wanted."""
    blank = {
        episode: EpisodeLabel(label.length)
        for episode, label in table.touched.items()
        if episode not in wanted
    }
    return table.differing({**wanted, **blank})
