"""A sweep: settings × seeds × folds, each a training of its own, and one table of all of them."""

import hashlib
import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path

import pyarrow as pa

from classifier import output
from classifier.cluster import Cluster, open_cluster, require_nodes
from classifier.config import Settings, SettingsSweep, config_text, with_whole_paths
from classifier.evaluate import ComparedSetting, FoldFigures, SettingsComparison, comparison_html
from classifier.features import FeatureBank
from classifier.train.encoding_place import Tell, Where, bank_on, encode
from classifier.train.fold_tasks import FoldTask, FoldTrainings, require_fold, train_fold
from classifier.train.preflight import Prepared, prepare
from classifier.train.stopping import Stop
from classifier.train.sweep_folder import BEST, PAGE, SweepFolder
from labeler.contracts.events import Warned
from labeler.errors import UsageError

Found = Generator[tuple[FoldTask, FoldFigures] | None]
"""Trainings that are done, in any order; None as a sign of life."""


@dataclass(frozen=True)
class PlannedRun:
    """A setting, by its place in the sweep from 1, with a seed; each of its folds is a task."""

    number: int
    settings: Settings
    tasks: tuple[FoldTask, ...]
    dataset: str

    @property
    def seed(self) -> int:
        """What deals its episodes into folds."""
        return self.settings.config.seed

    @property
    def sources(self) -> list[Path]:
        """Dataset and label file, which are only read."""
        config = with_whole_paths(self.settings.config)
        return [Path(place) for place in (config.dataset.root, config.train.labels) if place]


@dataclass
class SweepRun:
    """A sweep whose settings were all found to be good."""

    sweep: SettingsSweep
    planned: Sequence[PlannedRun]
    tell: Tell
    stop: Stop
    where: Where

    @classmethod
    def plan(cls, sweep: SettingsSweep, tell: Tell, stop: Stop, where: Where) -> "SweepRun":
        """Look at every setting before any work.

        Raises:
            LabelerError: the first thing that is wrong, with its cure.
            Stopped: told to stop.
        """
        planned = []
        notes: dict[str, list[int]] = {}
        measured: dict[int, str] = {}
        for number, setting in enumerate(sweep.settings, 1):
            for settings in setting.runs:
                stop.check()
                prepared = _prepare(settings)
                with closing(prepared.dataset):
                    tasks = [FoldTask.of(prepared, fold) for fold in range(sweep.folds)]
                name = prepared.dataset.name
                planned.append(PlannedRun(number, settings, tuple(tasks), name))
                frames = _measured(prepared)
                if measured.setdefault(settings.config.seed, frames) != frames:
                    raise _other_frames(number)
                if settings is setting.runs[0]:
                    for sentence in prepared.notes:
                        notes.setdefault(sentence, []).append(number)
        for sentence, numbers in notes.items():
            every = len(numbers) == len(sweep.settings)
            tell(Warned(message=sentence if every else f"{_settings(numbers)}: {sentence}"))
        return cls(sweep, planned, tell, stop, where)

    @property
    def keys(self) -> set[str]:
        """Keys of all trainings."""
        return {task.key for run in self.planned for task in run.tasks}

    def go(self, folder: SweepFolder) -> Generator[int]:
        """Train what is missing and write the tables; trainings done so far come back, often.

        Raises:
            LabelerError: data, disk or cluster are to blame; what is done is kept.
            Stopped: told to stop; what is done is kept.
        """
        wanted = self.keys
        yield len(wanted & set(folder.done))
        if wanted - set(folder.done):
            with open_cluster(self.where.place) as cluster:
                found = self._here(folder) if cluster is None else self._on(cluster, folder)
                with closing(found):
                    for one in found:
                        if one is not None:
                            folder.add(one[0].key, one[1])
                        yield len(wanted & set(folder.done))
        self._write(folder)

    def comparison(self, folder: SweepFolder) -> SettingsComparison:
        """All settings with their figures."""
        compared = []
        for number, setting in enumerate(self.sweep.settings, 1):
            folds = {
                (run.seed, task.fold): folder.done[task.key]
                for run in self.planned
                if run.number == number
                for task in run.tasks
            }
            text = ", ".join(f"{name}={_text(value)}" for name, value in setting.given.items())
            compared.append(ComparedSetting(number, text, folds))
        return SettingsComparison(compared, self.planned[0].dataset)

    def _here(self, folder: SweepFolder) -> Found:
        """Train run by run in this process."""
        for run in self.planned:
            if all(task.key in folder.done for task in run.tasks):
                continue
            prepared = _prepare(run.settings)
            with closing(prepared.dataset):
                bank = bank_on(None, prepared, strict=self.where.strict)
                self._encode(prepared, bank)
                trainings = FoldTrainings.of(prepared, bank)
                for task in run.tasks:
                    if task.key not in folder.done:
                        yield task, trainings.figures(task.fold, self.stop)

    def _on(self, cluster: Cluster, folder: SweepFolder) -> Found:
        """Encode the frames of all runs, then give every training to the workers."""
        tasks: dict[str, FoldTask] = {}
        for run in self.planned:
            of_run = {task.key: task for task in run.tasks if task.key not in folder.done}
            if not of_run.keys() - tasks.keys():
                continue
            if not tasks:
                require = partial(require_fold, run.tasks[0])
                nodes = require_nodes(cluster, require, say=self._say, pulse=self.stop.check)
                self._say(nodes.sentence(self.where.place, "encoded"))
            prepared = _prepare(run.settings)
            with closing(prepared.dataset):
                self._encode(prepared, bank_on(cluster, prepared, strict=self.where.strict))
            tasks |= of_run
            yield None
        with closing(cluster.in_order(train_fold, tasks.values())) as found:
            for one in found:
                self.stop.check()
                yield one

    def _say(self, sentence: str) -> None:
        self.tell(Warned(message=sentence))

    def _encode(self, prepared: Prepared, bank: FeatureBank) -> None:
        episodes, views = prepared.frames.episode_list(), prepared.views
        encode(prepared, bank, episodes, views, self.tell, self.stop)

    def _write(self, folder: SweepFolder) -> None:
        """The tables and the report, which says that the sweep has come to its end."""
        comparison = self.comparison(folder)
        note = {"note": " ".join(comparison.sentences)}
        table = pa.Table.from_pylist(list(self._rows(folder)), schema=_schema(self.sweep))
        for name in ("trainings.csv", "trainings.parquet"):
            output.write_table(folder.root / name, table.replace_schema_metadata(note))
        if (best := comparison.best) is not None:
            run = next(run for run in self.planned if run.number == best.number)
            config = with_whole_paths(run.settings.config)
            train = config.train.model_copy(update={"folds": 0})
            folder.write(BEST, config_text(config.model_copy(update={"train": train})))
        rows = [list(map(_text, row.values())) for row in table.to_pylist()]
        folder.write(PAGE, comparison_html(comparison, [table.column_names, *rows]))

    def _rows(self, folder: SweepFolder) -> Iterator[dict[str, object]]:
        for run in self.planned:
            given = self.sweep.settings[run.number - 1].given
            varied = {name: _text(value) for name, value in given.items()}
            for task in run.tasks:
                place = {"setting": run.number, "seed": run.seed, "fold": task.fold}
                yield place | varied | asdict(folder.done[task.key])


def _prepare(settings: Settings) -> Prepared:
    return prepare(with_whole_paths(settings.config))


def _measured(prepared: Prepared) -> str:
    """Digest of what the folds of a run are measured on: frames and their labels."""
    frames, digest = prepared.frames, hashlib.sha256(prepared.fingerprint.encode())
    for split in prepared.folds:
        for array in (frames.episodes, frames.frames, frames.success):
            digest.update(array[split.held_out].tobytes())
    return digest.hexdigest()


def _other_frames(number: int) -> UsageError:
    return UsageError(
        f"Setting {number} of the sweep is measured on other episodes or labels than setting 1.",
        "Name dataset, episodes and labels beside the section sweep, for all settings alike.",
    )


def _settings(numbers: Sequence[int]) -> str:
    """`Setting 2`, `Settings 1, 3`."""
    return f"Setting{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def _schema(sweep: SettingsSweep) -> pa.Schema:
    """Columns of the table of trainings: what varies as text, and every figure."""
    varied = dict.fromkeys(name for setting in sweep.settings for name in setting.given)
    figures = {one.name: pa.float64() for one in fields(FoldFigures)}
    return pa.schema(
        dict.fromkeys(("setting", "seed", "fold"), pa.int64())
        | dict.fromkeys(varied, pa.string())
        | figures
        | dict.fromkeys(("frames", "positives"), pa.int64())
        | {"failure": pa.string()}
    )


def _text(value: object) -> str:
    """A value as it is written on a command line; a number that is none is empty."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
