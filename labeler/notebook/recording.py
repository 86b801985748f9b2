"""A recording as notebooks use it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, Self, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from labeler.cures import OverwriteOrChooseAnother
from labeler.dataset import REWARD, Dataset, open_dataset
from labeler.dataset.fingerprint import fingerprint
from labeler.dataset.labels_of import (
    COPY_LABELS,
    Rule,
    identity_of,
    labels_from,
    labels_in_dataset,
    quick_identity,
)
from labeler.errors import LabelError, RefusedError, UsageError
from labeler.labels import DatasetLabels
from labeler.labels.dialects import read_labels
from labeler.notebook.label_table import labels_of_table, table_of
from labeler.review import read_scores
from labeler.session.default_places import default_file
from labeler.storage.copying.destination import check_destination
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import prepare
from labeler.storage.copying.recovery import recover
from labeler.storage.program.written_files import remember_written, writer_of
from labeler.storage.record.copy_record import RECORD, Options, is_copy
from labeler.storage.record.selection import Unlabeled
from labeler.video import FrameReader

_WRITER = "a notebook"


class Recording:
    """A LeRobot dataset of any version, opened read-only.

    Episodes and frames are counted from 0. Close it, or use it as a context manager.

    Raises:
        DatasetError: it cannot be opened.
    """

    def __init__(self, root: Path | str) -> None:
        self._dataset = open_dataset(root)
        self._readers: dict[str, FrameReader] = {}

    def __repr__(self) -> str:
        return f"<{self.root}: {len(self)} episodes, {self._dataset.total_frames} frames>"

    def __len__(self) -> int:
        return len(self._dataset)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files that are open for reading."""
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()
        self._dataset.close()

    @property
    def root(self) -> Path:
        """Folder of the dataset."""
        return self._dataset.root

    @property
    def cameras(self) -> tuple[str, ...]:
        """Keys of the cameras."""
        return tuple(camera.key for camera in self._dataset.cameras)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that `frames` can give."""
        return tuple(column.name for column in self._dataset.columns)

    @property
    def episodes(self) -> pd.DataFrame:
        """One row per episode, which is the index: `length`, `first_index`, `tasks`."""
        layout = self._dataset.layout
        return pd.DataFrame(
            {
                "length": self._dataset.lengths,
                "first_index": layout.first_indices,
                "tasks": layout.all_tasks(),
            },
            index=pd.RangeIndex(len(self), name="episode"),
        )

    def frames(
        self, columns: Sequence[str] | str | None = None, episodes: Iterable[int] | None = None
    ) -> pd.DataFrame:
        """One row per frame: `episode`, `frame`, and the named columns (all of them by default).

        A vector is an array in its cell; one name may stand for a list of one.

        Raises:
            UsageError: there is no such column or episode.
            DamagedDatasetError: rows cannot be read.
        """
        named = [columns] if isinstance(columns, str) else columns
        names = list(self.columns if named is None else named)
        for name in names:
            if name not in self.columns:
                known = ", ".join(self.columns)
                raise UsageError(f"There is no column {name!r}.", f"The columns are: {known}.")
        chosen = range(len(self)) if episodes is None else [self._episode(e) for e in episodes]
        tables = [self._dataset.rows(episode, names) for episode in chosen]
        lengths = self._dataset.lengths[list(chosen)]
        places = pd.DataFrame(
            {
                "episode": np.repeat(np.array(list(chosen), np.int64), lengths),
                "frame": np.concatenate([np.arange(0), *map(np.arange, lengths)]),
            }
        )
        if not tables or not names:
            return places
        joined = pa.concat_tables(tables, promote_options="permissive")
        return pd.concat([places, joined.to_pandas(ignore_metadata=True)], axis=1)

    @property
    def labels(self) -> pd.DataFrame:
        """One row per frame: `episode`, `frame`, `success` (NA if undecided), `excluded`.

        They are those that were made in the window, else those that the dataset carries: a copy's
        own, or the column `next.reward`. A dataset without any has NA everywhere.

        Raises:
            LabelError: they cannot be understood, or are of another recording with the same
                metadata.
        """
        return table_of(self._labels())

    def labels_from(
        self, column: str, rule: Rule = "frame", above: float | None = None
    ) -> pd.DataFrame:
        """Labels as `labels` has them, from a column that says success.

        The rule `frame` takes its value per frame; `last` and `any` take it for the outcome of an
        episode, of which failures alone are labels. With `above`, larger values are success.

        Raises:
            LabelError: there is no such column, or its values say neither success nor failure.
            UsageError: there is no such rule, or `above` is no finite number.
        """
        if rule not in get_args(Rule):
            raise UsageError(
                f"There is no rule {rule!r}.", f"The rules are: {', '.join(get_args(Rule))}."
            )
        return table_of(labels_from(self._dataset, column, rule, above))

    def scores(self, file: Path | str) -> pd.DataFrame:
        """Probabilities that a classifier's predictions were written to: `episode`, `frame`,
        `probability`.

        Raises:
            LabelFileError: they cannot be read, or are of another recording.
        """
        dataset = self._dataset
        found = read_scores(Path(file), dataset.lengths.tolist(), fingerprint(dataset))
        table = table_of(DatasetLabels(dataset.lengths.tolist()))[["episode", "frame"]]
        return table.assign(probability=found.values).dropna().reset_index(drop=True)

    def image(self, episode: int, frame: int, camera: str | None = None) -> NDArray[np.uint8]:
        """One image as RGB: uint8, shape (height, width, 3). `camera` may be left out if it is one.

        Raises:
            UsageError: there is no such episode, frame or camera.
            DamagedDatasetError: the image is missing or damaged.
        """
        reader = self._reader(camera)
        length = reader.length(self._episode(episode))
        if frame not in range(length):
            raise UsageError(
                f"Episode {episode} has no frame {frame}.", f"Its frames are 0 to {length - 1}."
            )
        return reader.frame(int(episode), int(frame))

    def write_copy(
        self,
        labels: pd.DataFrame,
        out: Path | str,
        *,
        unlabeled: Literal["refuse", "drop", "zero"] = "refuse",
        overwrite: bool = False,
    ) -> Path:
        """Write labels as `next.reward` into a guarded copy of the recording; its folder.

        `labels` is a table as `labels` gives it. A copy that a notebook wrote is brought up to
        date; with `overwrite` any copy of this recording is.

        Raises:
            LabelError: the labels do not fit, or episodes have none and `unlabeled` refuses that.
            StorageError: the folder is refused, or writing failed; nothing is half done.
        """
        dataset, place = self._dataset, Path(out).expanduser().absolute()
        wanted = labels_of_table(labels, dataset.lengths.tolist(), identity_of(dataset))
        check_destination(dataset.root, place)
        wrote = writer_of(place / RECORD)
        if is_copy(place) and wrote != _WRITER and not overwrite:
            raise RefusedError(f"{place} was not written by {_WRITER}.", OverwriteOrChooseAnother())
        recover(place)
        write_copy(prepare(dataset, wanted, place, Options(unlabeled=Unlabeled(unlabeled))))
        remember_written(place / RECORD, _WRITER)
        return place

    def _labels(self) -> DatasetLabels:
        dataset: Dataset = self._dataset
        file = default_file(dataset)
        if file.is_file():
            labels = read_labels(file, dataset.lengths.tolist()).labels
            if labels.identity.fingerprint not in ("", fingerprint(dataset)):
                raise LabelError(
                    f"{file} holds the labels of another recording, or of an earlier state of "
                    "this one.",
                    "Open the recording in the window to decide which, or use labels_from.",
                )
            return labels
        if (dataset.root / COPY_LABELS).is_file() or dataset.has_column(REWARD):
            return labels_in_dataset(dataset)[0]
        return DatasetLabels(dataset.lengths.tolist(), identity=quick_identity(dataset))

    def _episode(self, episode: int) -> int:
        if episode not in range(len(self)):
            raise UsageError(
                f"There is no episode {episode}.", f"The episodes are 0 to {len(self) - 1}."
            )
        return int(episode)

    def _reader(self, camera: str | None) -> FrameReader:
        keys = self.cameras
        if camera is None and len(keys) != 1:
            raise UsageError(
                f"The recording has {len(keys)} cameras.", f"Name one: {', '.join(keys) or 'none'}."
            )
        key = keys[0] if camera is None else camera
        if key not in self._readers:
            self._readers[key] = FrameReader(self._dataset, key)
        return self._readers[key]
