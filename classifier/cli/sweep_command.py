"""`labeler-train sweep`."""

from pathlib import Path
from typing import Annotated

import typer

from classifier.cli.arguments import Camera, Device, On, Strict


def run(
    config: Annotated[
        Path,
        typer.Argument(
            metavar="CONFIG", help="Training configuration with a section `sweep`; only read."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to create.")],
    camera: Camera = None,
    device: Device = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what is there already.")
    ] = False,
    on: On = "local",
    strict: Strict = False,
) -> None:
    """Compare settings by cross-validation: settings × seeds × folds, in one table.

    The section `sweep` of CONFIG says what varies: {"grid": {"train.method": ["convex",
    "network"]}, "seeds": [1, 2], "folds": 5}; a list under `settings` names combinations one by
    one. An interrupted sweep continues when it is started again.
    """
    from classifier.config import read_sweep

    own = {"train.cameras": camera or None, "reward_model.device": device}
    sweep = read_sweep(config, {name: value for name, value in own.items() if value is not None})
    # Torch takes seconds to import, which wrong arguments need not wait for.
    from classifier.cli.sweeping import run_sweep
    from classifier.train.encoding_place import Where

    raise typer.Exit(run_sweep(sweep, config, out, Where(on, strict), overwrite=overwrite))
