"""A sweep as the command shows it: progress, table, exit code."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.table import Column, Table

from classifier import output
from classifier.cli.completing import complete
from classifier.cli.cures import in_own_names
from classifier.config import SettingsSweep
from classifier.evaluate import HEAD, SettingsComparison
from classifier.train.encoding_place import Where
from classifier.train.stopping import Stopped, signals
from classifier.train.sweep import SweepRun
from classifier.train.sweep_folder import BEST, PAGE, SweepFolder, is_unfinished
from labeler.console.interrupts import repeat_interrupt
from labeler.console.output import note, results, say, say_next, say_next_again
from labeler.console.outputs import output_folder, remember_written
from labeler.console.progress import ShownProgress
from labeler.contracts.events import Encoding, Event, Warned
from labeler.errors import LabelerError
from labeler.labels.wording import plural

COMMAND = "labeler-train sweep"


def run_sweep(
    sweep: SettingsSweep, config: Path, out: Path, where: Where, *, overwrite: bool
) -> int:
    """Train whatever is not done yet, show the table, and give the exit code.

    Raises:
        LabelerError: something the user can cure; what is done is kept.
    """
    repeat_interrupt()
    done = 0
    with signals() as stop, _SweepProgress(sweep) as progress:
        try:
            run = SweepRun.plan(_completed(sweep), progress.tell, stop, where)
            with _place(run, config, out, overwrite=overwrite) as folder:
                _say_found(run, folder)
                for done in run.go(folder):
                    progress.show(done)
                    stop.check()
        except Stopped:
            progress.stop()
            note(f"Stopped; {done:,} of {sweep.trainings:,} trainings are done and kept.")
            say_next_again()
            return stop.exit_code
    return _say(run.comparison(folder), folder.root)


def _completed(sweep: SettingsSweep) -> SettingsSweep:
    """The sweep with whole camera keys, and with labels where none are named."""
    settings = [
        replace(one, runs=tuple(complete(each) for each in one.runs)) for one in sweep.settings
    ]
    for sentence in dict.fromkeys(text for one in settings for text in one.runs[0].notes):
        note(in_own_names(sentence))
    return replace(sweep, settings=tuple(settings))


@contextmanager
def _place(run: SweepRun, config: Path, out: Path, *, overwrite: bool) -> Iterator[SweepFolder]:
    """The folder to write; a sweep in it that has not come to its end is gone on with.

    Raises:
        RefusedError: there is something that is not to be replaced.
        BusyError: another process works in it.
    """
    place = out.expanduser().absolute()
    if is_unfinished(place):
        with closing(SweepFolder(place, run.sweep.plan, None)) as folder:
            yield folder
        remember_written(place, COMMAND)
        return
    output.require_idle(place)
    read = [Path(root) for one in run.planned for root in one.sources]
    with (
        output_folder(place, COMMAND, overwrite=overwrite, sources=[config, *read]) as aside,
        closing(SweepFolder(place, run.sweep.plan, aside)) as folder,
    ):
        yield folder


def _say_found(run: SweepRun, folder: SweepFolder) -> None:
    """Say how many trainings of an earlier sweep in the folder count, and how many do not."""
    done = len(run.keys & set(folder.done))
    if done:
        note(f"{done:,} of {run.sweep.trainings:,} trainings are done already.")
    if others := len(folder.done) - done:
        note(
            f"{plural(others, 'training')} in {folder.root} {'is' if others == 1 else 'are'} of "
            "other settings, seeds, folds, episodes or labels, and not used."
        )


class _SweepProgress:
    """A bar of trainings, which says meanwhile how many frames are encoded."""

    def __init__(self, sweep: SettingsSweep) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        self._bar = ShownProgress(*columns)
        self._task = self._bar.add_task("Training", total=sweep.trainings)

    def __enter__(self) -> "_SweepProgress":
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def stop(self) -> None:
        """Take the bar away."""
        self._bar.stop()

    def show(self, done: int) -> None:
        """Say how many trainings are done."""
        self._bar.update(self._task, description="Training", completed=done)

    def tell(self, event: Event) -> None:
        """Show an event."""
        match event:
            case Encoding():
                text = f"Encoding, {event.done:,} of {event.total:,} images; trainings"
                self._bar.update(self._task, description=text)
            case Warned():
                note(event.message)


def _say(comparison: SettingsComparison, folder: Path) -> int:
    first, *others = HEAD
    # Two settings may differ in their last letters only, so their text is never cut.
    table = Table(Column(first, overflow="fold"), *others, box=None, padding=(0, 2, 0, 0))
    for row in comparison.rows():
        table.add_row(*row)
    results.print(table, markup=False)
    for sentence in comparison.sentences:
        say(sentence)
    say(f"Every training: {folder / 'trainings.csv'}")
    say(f"Report: {folder / PAGE}")
    if comparison.best is None:
        return LabelerError.exit_code
    say_next("labeler-train", "--config_path", folder / BEST, f"--output_dir={folder}-best")
    return 0
