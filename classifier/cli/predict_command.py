"""`labeler-train predict`."""

from pathlib import Path
from typing import Annotated

import typer

from labeler.console.output import say


def run(
    checkpoint: Annotated[
        Path, typer.Argument(metavar="CHECKPOINT", help="Folder `pretrained_model`.")
    ],
    root: Annotated[Path, typer.Argument(metavar="ROOT", help="Folder of a dataset; only read.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Parquet file to write.")
    ] = Path("scores.parquet"),
    device: Annotated[
        str | None, typer.Option("--device", help="cuda, mps or cpu; default: the fastest.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file if it is there.")
    ] = False,
) -> None:
    """Write episode, frame and probability of success of every frame of any dataset."""
    # Torch takes seconds to import, which --help need not wait for.
    import numpy as np
    import pyarrow as pa

    from classifier import output
    from classifier.cli.judging import judged, loaded
    from labeler.dataset import open_dataset
    from labeler.errors import RefusedError

    target = out.expanduser().absolute()
    if target.exists() and not overwrite:
        raise RefusedError(f"{target} exists already.", "Add --overwrite, or give another --out.")
    output.require_outside_datasets(target)
    with open_dataset(root) as dataset:
        model = loaded(checkpoint, device)
        parts = []
        for episode, probabilities in judged(model, dataset, range(len(dataset))):
            frames = np.arange(len(probabilities), dtype=np.int64)
            columns = [np.full_like(frames, episode), frames, probabilities.astype(np.float32)]
            parts.append(pa.table(columns, ["episode", "frame", "probability"]))
    table = pa.concat_tables(parts)
    output.write_table(target, table)
    say(f"Probabilities of {len(table):,} frames: {target}")
