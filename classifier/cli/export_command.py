"""`labeler-train export`."""

from pathlib import Path
from typing import Annotated

import typer

from classifier.cli.arguments import Checkpoint
from classifier.cli.completing import require_run
from labeler.console.output import say, say_next
from labeler.contracts.classifier_releases import NEWEST, ReleaseName

_NAME = "labeler-train export"
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there already.")]

WithStep = Annotated[
    bool,
    typer.Option("--with-step", help="Add the decision rule as a step for LeRobot's HIL-SERL."),
]


def run(
    checkpoint: Checkpoint,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to create.")],
    export_for: Annotated[
        ReleaseName, typer.Option("--export-for", help="LeRobot that the checkpoint is for.")
    ] = NEWEST,
    model_name: Annotated[
        str | None,
        typer.Option(
            "--model_name",
            metavar="NAME",
            help="Encoder as the robot's machine finds it: a folder there, or OWNER/NAME.",
        ),
    ] = None,
    with_step: WithStep = False,
    overwrite: Overwrite = False,
) -> None:
    """Write a checkpoint once more, as another release of LeRobot loads it."""
    # Torch takes seconds to import, for which --help and wrong arguments need not wait.
    require_run(checkpoint)
    from classifier import output
    from classifier.checkpoint import Card, load_checkpoint, save_checkpoint
    from labeler.console.outputs import output_folder
    from labeler.contracts.checkpoint import final_checkpoint

    target = out.expanduser().absolute()
    output.require_outside_datasets(target)
    source = final_checkpoint(checkpoint.expanduser())
    with output_folder(target, _NAME, overwrite=overwrite, sources=(checkpoint, source)) as aside:
        loaded = load_checkpoint(source)
        if loaded.contract is not None:
            loaded.contract.encoder.require_lerobot()
        card = Card() if loaded.contract is None else Card.of(loaded.contract, loaded.likeness)
        save_checkpoint(
            target, loaded.model, export_for, card,
            model_name=model_name, with_step=with_step, aside=aside,
        )  # fmt: skip
    say(f"Checkpoint for {export_for}: {target}")
    say_next("labeler", "hilserl-config", "env.json", "--checkpoint", out, "--out", "env_rl.json")
