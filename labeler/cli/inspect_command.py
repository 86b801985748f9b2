"""`labeler inspect`."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import Json, Root

if TYPE_CHECKING:
    from pathlib import Path

    from labeler.dataset import Dataset
    from labeler.inspection import InspectionReport


def run(
    root: Root,
    json: Json = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not read rows and videos: at once, but less.")
    ] = False,
) -> None:
    """Describe a dataset and what is odd about it. Writes nothing.

    Exits with 3 if something stands in the way of a labelled copy.
    """
    from labeler.console.progress import count_progress
    from labeler.console.window_labels import window_labels
    from labeler.dataset import local_root
    from labeler.errors import DamagedDatasetError
    from labeler.inspection import inspect_dataset

    place = local_root(root)
    with count_progress() as bar, _opened(place, quiet=json) as dataset:
        task = bar.add_task("Opening", total=None)
        report = inspect_dataset(
            dataset,
            quick=quick,
            begin=lambda what, total: bar.reset(task, description=what, total=total),
            advance=lambda count: bar.advance(task, count),
        )
        made: Path | None = None
        with suppress(DamagedDatasetError):  # of metadata that the report names
            made = window_labels(dataset)
    if json:
        _print_json(report, made)
    else:
        from labeler.cli.report_text import print_report

        print_report(report, made)
    if not report.usable:
        raise typer.Exit(3)
    if not json:
        _say_next(root, made)


def _say_next(root: "Path", made: "Path | None") -> None:
    from labeler.console.output import say_next
    from labeler.remote import remote_url

    if remote_url(root) is None:
        say_next("labeler", *(["apply"] if made else []), root)
    else:  # the window wants a folder
        say_next("labeler-train", root)


def _opened(place: "Path", *, quiet: bool) -> "Dataset":
    """The dataset; of a recording that was not closed, it is said first what is whole.

    Raises:
        as `open_dataset`.
    """
    from labeler.dataset import open_dataset
    from labeler.errors import DamagedDatasetError

    try:
        return open_dataset(place)
    except DamagedDatasetError:
        if not quiet:
            from labeler.cli.rescuing import say_whole_episodes

            say_whole_episodes(place)
        raise


def _print_json(report: "InspectionReport", made: "Path | None") -> None:
    from dataclasses import asdict
    from json import dumps

    values = {"format": "labeler-report", "version": 1, **asdict(report)}
    typer.echo(dumps({**values, "window_labels": made and str(made)}, indent=1))
