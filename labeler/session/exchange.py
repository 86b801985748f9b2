"""Labels from and to files of any dialect."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.dataset import Dataset
from labeler.dataset.labels_of import ColumnReading, labels_from, labels_of_file
from labeler.labels import EpisodeLabel, Origin, State
from labeler.labels.dialects import Dialect, Imported, write_labels
from labeler.labels.label_rows import TableForm
from labeler.labels.wording import episodes_text
from labeler.storage.labels.label_files import table_of_labels, write_label_file

if TYPE_CHECKING:
    from labeler.session.session import Session

_SAID = ("state", "success", "excluded")


def import_labels(
    session: "Session",
    path: Path,
    *,
    first_frame: int | None = None,
    first_episode: int | None = None,
) -> tuple[str, ...]:
    """Take over what a label file of any dialect says, as one step; sentences about it come back.

    Episodes that the file says nothing about keep their labels. `first_frame` and `first_episode`
    (0 or 1) say how the file counts, None where it leaves no doubt.

    Raises:
        LabelError: the file cannot be understood, has two readings, or does not fit the dataset.
        BusyError: the session only reads.
        StorageError: the labels could not be kept; none holds.
    """
    found = labels_of_file(
        session.dataset, path, first_frame=first_frame, first_episode=first_episode
    )
    take_over(session, found, path.name)
    return found.notes


def read_column(dataset: Dataset, reading: ColumnReading) -> Imported:
    """Labels of a column of a recording; raises as `labels_from`."""
    labels = labels_from(dataset, reading.name, reading.rule, reading.above)
    told = reading.note(labels)
    return Imported(labels, None, (told,) if told else ())


@dataclass(frozen=True, slots=True)
class ImportedChange:
    """What an import would do to an episode: the label as it is, and as it would be."""

    episode: int
    now: EpisodeLabel
    then: EpisodeLabel

    @property
    def replaces_decision(self) -> bool:
        """Whether a person decided what it replaces, or accepted it."""
        return self.now.state is not State.UNLABELED and self.now.origin is not Origin.IMPORTED


def changes_of_import(session: "Session", found: Imported) -> tuple[ImportedChange, ...]:
    """What taking over labels that were read would change, by episode."""
    told = _labels_with_notes(session, found)
    changes = (ImportedChange(e, session.label(e), label) for e, label in sorted(told.items()))
    names = (*_SAID, "note", "flag")
    return tuple(
        one for one in changes if any(getattr(one.now, n) != getattr(one.then, n) for n in names)
    )


def take_over(
    session: "Session", found: Imported, name: str, only: Collection[int] | None = None
) -> tuple[int, ...]:
    """Take over labels of the file or column `name`, as one step; the episodes that changed.

    A form that knows neither notes nor flags does not remove them. `only` says which episodes are
    meant; None means all that it names.

    Raises:
        LabelError: a label does not fit its episode; none is taken.
        BusyError: the session only reads.
        StorageError: the labels could not be kept; none holds.
    """
    told = _labels_with_notes(session, found)
    if only is not None:
        told = {index: label for index, label in told.items() if index in only}
    return session.decide_many(told, what=_step_text(name))


def fill_in(session: "Session", found: Imported, name: str) -> tuple[str, ...]:
    """The same for episodes without a label yet: what was decided before is not undone by opening.

    Raises:
        StorageError: the labels could not be kept; none holds.
    """
    if session.save_state().read_only:
        return (f"{name} was not imported: the labels can only be read.",)
    told = found.labels.touched
    own = {index for index in told if session.label(index).state is not State.UNLABELED}
    session.decide_many(
        {index: label for index, label in told.items() if index not in own}, what=_step_text(name)
    )
    other = [index for index in own if _differs(told[index], session.label(index))]
    if not other:
        return found.notes
    kept = f"{name} says something else about {episodes_text(other)}, which kept their labels."
    return (*found.notes, f"{kept} Import it from the menu to take it over.")


def export_labels(
    session: "Session", path: Path, form: Dialect | TableForm, without: Collection[int] = ()
) -> None:
    """Write the labels to a file of a dialect or as a table, replacing what is there.

    Episodes in `without` count as unlabeled.

    Raises:
        UsageError: the dialect can only be read.
        InexpressibleError: the dialect cannot say what the named episodes say.
        RefusedError: the file lies inside a dataset, is a link, or a folder.
        StorageError: it could not be written.
    """
    root = session.dataset.root
    labels = session.labels()
    if without:
        kept = {e: label for e, label in labels.touched.items() if e not in without}
        labels = replace(labels, touched=kept)
    if isinstance(form, TableForm):
        content = table_of_labels(labels, form)
    else:
        content = write_labels(labels, form, dataset_path=str(root))
    write_label_file(path, content, root)


def _labels_with_notes(session: "Session", found: Imported) -> Mapping[int, EpisodeLabel]:
    """The labels of a file, or column, with the notes and flags that it does not know."""
    told = found.labels.touched
    if found.dialect is Dialect.LABELER:
        return told
    return {
        index: replace(label, note=session.label(index).note, flag=session.label(index).flag)
        for index, label in told.items()
        if _differs(label, session.label(index))
    }


def _differs(one: EpisodeLabel, other: EpisodeLabel) -> bool:
    """Whether two labels say something else about a frame."""
    return any(getattr(one, name) != getattr(other, name) for name in _SAID)


def _step_text(name: str) -> str:
    return f"import of {name}"
