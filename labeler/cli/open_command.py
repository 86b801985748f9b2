"""`labeler open`, which is also what `labeler` and `labeler ROOT` mean."""

from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.window import Window
from labeler.console.heartbeat import pause
from labeler.console.label_options import LabelsFrom, LabelsRule, RewardAbove, RuleOption
from labeler.errors import UsageError


def run(
    context: typer.Context,
    root: Annotated[
        Path | None,
        typer.Argument(metavar="[ROOT]", help="Folder of a LeRobot dataset, or a collection file."),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", metavar="FILE", help="Label file to continue.")
    ] = None,
    labels_from: LabelsFrom = None,
    labels_rule: LabelsRule = RuleOption.FRAME,
    reward_above: RewardAbove = None,
) -> None:
    """Open the window; without ROOT at its start page.

    Labels of a column are taken over for episodes that have none yet, of a collection in every
    recording that has the column.
    """
    if root is None and labels is not None:
        raise UsageError("A label file needs its recording.", "Give the recording's folder, too.")
    if root is not None and not root.expanduser().exists():
        from labeler.remote import require_folder

        require_folder(root)
        raise UsageError(f"There is no folder {root}.", "Check the path, or see `labeler --help`.")
    if labels_from is not None and root is None:
        raise UsageError("A column is one of a recording.", "Give the recording's folder, too.")
    if labels_from is None and (reward_above is not None or labels_rule is not RuleOption.FRAME):
        raise UsageError("A rule needs its column.", "Add --labels-from COLUMN.")
    column = None
    if labels_from is not None:
        from labeler.dataset.labels_of import ColumnReading  # not before the window is wanted

        column = ColumnReading(labels_from, labels_rule.value, reward_above)
    window: Window = context.obj
    with pause():
        raise typer.Exit(window.open(root and root.expanduser().absolute(), labels, column))
