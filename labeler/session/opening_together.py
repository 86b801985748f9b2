"""From a collection to sessions of its recordings, opened one after the other."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import numpy as np

from labeler.collection import CollectionSpec, SourceSpec
from labeler.dataset import REWARD
from labeler.dataset.labels_of import COPY_LABELS, ColumnReading, labels_in_dataset
from labeler.errors import LabelerError, LabelError
from labeler.labels.dialects import Imported
from labeler.labels.episode_list import episode_numbers
from labeler.labels.wording import plural
from labeler.session.events import CARRIED
from labeler.session.exchange import fill_in, read_column
from labeler.session.joined import Absent, JoinedSession, Member
from labeler.session.opening import OnStep
from labeler.session.session import Session

Key = tuple[Path, Path | None]
Advance = Callable[[int, int], object]


def open_together(
    spec: CollectionSpec,
    places: Sequence[Path],
    *,
    author: str = "",
    column: ColumnReading | None = None,
    on_step: OnStep = lambda what: None,
    on_advance: Advance = lambda done, total: None,
) -> JoinedSession:
    """Open every recording of a collection that can be opened; the others are `absent`.

    `places` is the collection file, or the folders. What `on_step` or `on_advance` raise ends
    it, with everything closed. A recording without a label file has its labels where they lie if
    the user does not say; if nothing is there yet, it begins with those that it brings along, or
    with those of `column` where one is given, which also fills in other label files.

    Raises:
        LabelError: no recording has labels in `column`; then no label is taken over.
        LabelerError: none of them can be opened; that of the first one.
    """
    opened: dict[Key, Session] = {}
    members: list[Member] = []
    absent: list[Absent] = []
    first: LabelerError | None = None
    try:
        for number, one in enumerate(spec.sources):
            on_advance(number, len(spec.sources))
            on_step(f"Opening {one.name}")
            try:
                members.append(_member(one, opened, author, column))
            except LabelerError as error:
                first = first or error
                _let_go(opened, members)
                absent.append(Absent(one.name, one.root, error.message, _cure(one, error)))
        _begin_with(opened.values(), column, first)
        return JoinedSession(places, members, absent, [*spec.notes, *_notes(members, absent)])
    except BaseException:
        for session in opened.values():
            session.close()
        raise


def _cure(one: SourceSpec, error: LabelerError) -> str:
    """What to do about a recording that is not open."""
    if one.root.exists():
        return error.advice
    return "Put it back, or correct its path, and open them all again."


def _member(
    spec: SourceSpec, opened: dict[Key, Session], author: str, column: ColumnReading | None
) -> Member:
    """Open a recording; two sources with the same labels share what is open."""
    key = (spec.root.resolve(), spec.labels and spec.labels.resolve())
    session = opened.get(key)
    if session is None:
        session = opened[key] = Session.open(spec.root, labels_file=spec.labels, author=author)
        if spec.labels is None and column is None:
            take_carried(session)
    count = len(session.dataset)
    chosen = range(count) if spec.episodes is None else episode_numbers(spec.episodes, count)
    return Member(spec.name, session, np.array(chosen, dtype=np.int64), spec.tags)


def _let_go(opened: dict[Key, Session], members: Sequence[Member]) -> None:
    """Close what was opened for a recording that is of no use."""
    used = {one.session for one in members}
    for key in [key for key, session in opened.items() if session not in used]:
        opened.pop(key).close()


def _begin_with(
    sessions: Collection[Session], column: ColumnReading | None, error: LabelerError | None
) -> None:
    """Take over the labels of a column in every recording that has them; the others say why not.

    Raises:
        LabelerError: none has them, or no recording is open, for which `error` is the reason; that
            of the first one.
    """
    if error is not None and not sessions:
        raise type(error)(f"No recording can be opened. {error.message}", *error.cures)
    if column is None:
        return
    found: dict[Session, Imported] = {}
    refused: dict[Session, LabelerError] = {}
    for session in sessions:
        try:
            found[session] = read_column(session.dataset, column)
        except LabelerError as refusal:
            refused[session] = refusal
    if refused and not found:
        first = next(iter(refused.values()))
        raise type(first)(
            f"No recording has labels in {column.name}. {first.message}", *first.cures
        )
    for session, why in refused.items():
        session.notes += (f"{column.name} is not taken over. {why.message}",)
    for session, labels in found.items():
        session.notes += fill_in(session, labels, column.name)


def take_carried(session: Session, *, renew: bool = False) -> None:
    """Begin with the labels and crops that a recording brings along, where nothing is decided yet.

    With `renew`, also where they replace only what was taken over so before: a dataset that was
    written again may have the metadata, and so the label file, of an earlier one.
    """
    dataset, touched = session.dataset, session.table.touched
    carries = dataset.has_column(REWARD) or (dataset.root / COPY_LABELS).is_file()
    if (touched and not renew) or session.save_state().read_only or not carries:
        return
    try:
        labels, place = labels_in_dataset(dataset)
    except LabelError as error:
        session.notes += (f"Its own labels are not taken over. {error.message}",)
        return
    others = session.table.others(labels)
    if not touched:
        crops = {**labels.crops, **session.table.crops}
        session.decide_many(labels.touched, what=CARRIED, crops=crops)
    elif session.undo_text == CARRIED:
        session.decide_many(others, what=CARRIED, crops=labels.crops)
        session.accept_recording()
    elif others:
        apart = plural(len(others), "episode")
        session.notes += (f"What was decided here counts; {place} has other labels for {apart}.",)


def _notes(members: Sequence[Member], absent: Sequence[Absent]) -> list[str]:
    notes = [f"{one.name} is not open: {one.why}" for one in absent]
    for one in members:
        notes += [f"{one.name}: {note}" for note in one.session.notes]
        if reason := one.session.save_state().read_only:
            notes.append(f"{one.name} is read-only: {reason}")
    return notes
