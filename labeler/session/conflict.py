"""The cures for a label file that somebody else changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from labeler.dataset import Dataset
from labeler.labels import Crop, DatasetIdentity, EpisodeLabel
from labeler.labels.document import to_text
from labeler.session.autosave import Autosave
from labeler.session.entries import entry_of
from labeler.session.opening import read_file
from labeler.session.table import Table

Labels = Mapping[int, EpisodeLabel]


@dataclass(frozen=True)
class Settled:
    """How a conflict ended: what changes in the session, and what the file says otherwise."""

    changes: Mapping[int, EpisodeLabel]
    identity: DatasetIdentity
    crops: Mapping[str, Crop]


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
        if changes and autosave.journal is not None:
            ours = to_text(table.snapshot(theirs.identity)).encode("ascii")
            autosave.file.keep_aside(ours, "before-reload")
        autosave.settle(autosave.file.digest)
    return Settled(changes, theirs.identity, theirs.crops)


def take_both(autosave: Autosave, dataset: Dataset, table: Table) -> Settled:
    """Take the file as it is now, and over it what the session decided since.

    Their labels of episodes that were decided here, too, are kept in a file beside it. Call with
    both locks held.

    Raises:
        LabelError: the file cannot be understood or belongs to another dataset; the conflict stays.
        StorageError: the file cannot be read, or nothing could be written; the conflict stays.
    """
    with autosave.file.settling():
        theirs = read_file(autosave.file, dataset)
        ours = {
            episode: table[episode]
            for episode, before in sorted(autosave.since.items())
            if table[episode] != before
        }
        of_theirs = {episode: theirs[episode] for episode in ours}
        replaced = {
            episode: label for episode, label in ours.items() if of_theirs[episode] != label
        }
        if replaced and theirs.touched:
            autosave.file.keep_copy("before-merge")
        entries = (entry_of(replaced, "merge"),) if replaced else ()
        since = {episode: of_theirs[episode] for episode in replaced}
        autosave.settle(autosave.file.digest, entries, since)
    changes = _differences(table, {**theirs.touched, **ours})
    return Settled(changes, theirs.identity, {**theirs.crops, **table.crops})


def _differences(table: Table, wanted: Labels) -> Labels:
    """What has to change for the table to say what is wanted."""
    blank = {
        episode: EpisodeLabel(label.length)
        for episode, label in table.touched.items()
        if episode not in wanted
    }
    return table.differing({**wanted, **blank})
