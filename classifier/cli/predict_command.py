"""`labeler-train predict`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classifier.cli.arguments import Checkpoint, Device, On
from classifier.cli.completing import require_run
from labeler.console.output import note, say, say_next

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from classifier.checkpoint import LoadedCheckpoint
    from classifier.cli.predicting import Predict
    from labeler.contracts.scores import ScoredRecording
    from labeler.dataset import Dataset
    from labeler.decision import Rule


def run(
    checkpoint: Checkpoint,
    root: Annotated[Path, typer.Argument(metavar="ROOT", help="Folder of a dataset; only read.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Parquet file to write.")
    ] = Path("scores.parquet"),
    device: Device = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file if it is there.")
    ] = False,
    on: On = "local",
) -> None:
    """Write the probability of success of every frame of any dataset, and the decisions."""
    # Torch takes seconds to import, which --help and wrong arguments need not wait for.
    import pyarrow as pa

    from classifier import output

    output.require_outside_datasets(out)
    require_run(checkpoint)
    from labeler.console.outputs import output_file
    from labeler.dataset import local_root, open_dataset

    written = output_file(out, "labeler-train predict", overwrite=overwrite)
    with written as target, open_dataset(local_root(root)) as dataset:
        from classifier.cli.predicting import load_on_device, open_place, rule_notes

        model = load_on_device(checkpoint, device)
        with open_place(on, checkpoint, model, dataset, device) as predict:
            table = predict_dataset(predict, model, dataset)
        if (rule := model.contract.rule if model.contract else None) is not None:
            table = table.append_column("decision", pa.array(decide(table, rule, dataset)))
            say(f"Decisions: {rule.text}")
            for sentence in rule_notes(model.contract, dataset):
                note(sentence)
        told = recording_of(dataset, "" if rule is None else rule.text)
        output.write_scores(target, with_progress(table, dataset), told)
        following = _following(dataset, root, out)
    say(f"Probabilities of {len(table):,} frames: {target}")
    say_next("labeler", *following)


def _following(dataset: "Dataset", root: Path, out: Path) -> tuple[object, ...]:
    """The command that comes next: a review where it finds labels, else the window."""
    from labeler.console.window_labels import window_labels
    from labeler.dataset import REWARD

    if dataset.has_column(REWARD) or window_labels(dataset) is not None:
        return "review", root, "--scores", out
    # The window wants a folder, not the address of an object store.
    return (root,) if root.expanduser().is_dir() else ("inspect", root)


def recording_of(dataset: "Dataset", rule: str = "") -> "ScoredRecording":
    """What the scores of a dataset are bound to, and the rule behind their decisions."""
    from labeler.contracts.scores import ScoredRecording
    from labeler.dataset.fingerprint import fingerprint

    lengths = tuple(dataset.lengths.tolist())
    return ScoredRecording(fingerprint=fingerprint(dataset), lengths=lengths, rule=rule)


def with_progress(table: "pa.Table", dataset: "Dataset") -> "pa.Table":
    """The table with the columns in which LeRobot reads progress (rewards/sarm/rabc.py of 0.6.1).

    `progress_sparse` is the probability of success, so that LeRobot's sample weighting can use the
    file as it is.
    """
    import pyarrow as pa

    episodes, frames = (table[name].to_numpy() for name in ("episode", "frame"))
    columns = {
        "index": pa.array(dataset.layout.first_indices[episodes] + frames),
        "episode_index": table["episode"],
        "frame_index": table["frame"],
        "progress_sparse": table["probability"],
    }
    for name, values in columns.items():
        table = table.append_column(name, values)
    return table


def predict_dataset(
    predict: "Predict", model: "LoadedCheckpoint", dataset: "Dataset"
) -> "pa.Table":
    """Episode, frame and probability (float32) of every frame of a dataset.

    Where the checkpoint kept what its training is like, `distance` (float32) says how far each
    frame is from it: above 1 if it is unlike.
    """
    import numpy as np
    import pyarrow as pa

    from classifier.cli.predicting import predict_with_bar

    parts = []
    for one in predict_with_bar(predict, model, dataset, range(len(dataset))):
        frames = np.arange(len(one.probabilities), dtype=np.int64)
        columns = {
            "episode": np.full_like(frames, one.episode),
            "frame": frames,
            "probability": one.probabilities.astype(np.float32),
        }
        if one.distances is not None:
            columns["distance"] = one.distances.astype(np.float32)
        parts.append(pa.table(columns))
    return pa.concat_tables(parts)


def decide(table: "pa.Table", rule: "Rule", dataset: "Dataset") -> "NDArray[np.bool_]":
    """What a rule decides at each row of a table of a dataset's probabilities, bool (rows,).

    Raises:
        UsageError: the dataset lacks what a gate compares.
    """
    import numpy as np

    from classifier.data import gate_columns
    from labeler.decision import FrameScores, decisions

    episodes, frames = (table[name].to_numpy() for name in ("episode", "frame"))
    probabilities = table["probability"].to_numpy().astype(np.float64)
    unlabelled = np.zeros(len(table), np.bool_)
    columns = gate_columns(dataset, rule.gates, episodes, frames)
    scores = FrameScores(episodes, frames, probabilities, unlabelled, columns)
    return decisions(scores, rule, dataset.fps)
