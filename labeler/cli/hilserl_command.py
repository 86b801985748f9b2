"""`labeler hilserl-config`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import Overwrite
from labeler.errors import UsageError

if TYPE_CHECKING:
    from labeler.hilserl import Checkpoint as ReadCheckpoint

Config = Annotated[
    Path, typer.Argument(metavar="ENV.json", help="Environment configuration of HIL-SERL.")
]
Checkpoint = Annotated[
    Path,
    typer.Option("--checkpoint", metavar="C", help="Folder of a run, or `pretrained_model`."),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write to this file instead of stdout.")
]
InPlace = Annotated[
    bool, typer.Option("--in-place", help="Replace ENV.json, as a whole or not at all.")
]
PretrainedPath = Annotated[
    str | None,
    typer.Option(
        "--pretrained-path", metavar="PATH", help="Where the robot's machine finds the checkpoint."
    ),
]


_MODULES = {
    True: "lerobot.scripts.rl.gym_manipulator",
    False: "lerobot.rl.gym_manipulator",
}
"""What runs HIL-SERL in LeRobot with a wrapper (0.3), and without."""


def run(
    config: Config,
    checkpoint: Checkpoint,
    out: Out = None,
    in_place: InPlace = False,
    path: PretrainedPath = None,
    overwrite: Overwrite = False,
) -> None:
    """Fill a reward classifier into a HIL-SERL configuration and name every mismatch.

    Path, threshold, crops and size come from the checkpoint. The reward of success, crops of other
    cameras and everything else stay as they are.
    """
    from labeler.console.output import note, say, say_next, say_next_again
    from labeler.console.outputs import output_file
    from labeler.hilserl import fill, json_like, read_checkpoint, read_config
    from labeler.storage.program.config_files import write_config_file

    if out is not None and in_place:
        raise UsageError("--out and --in-place contradict each other.", "Leave out one of them.")
    values, text = read_config(config)
    needed = read_checkpoint(checkpoint)
    result = fill(values, needed, path or str(needed.folder))
    for sentence in (*result.warnings, *_rule_notes(needed)):
        note(sentence)
    written = json_like(text, result.values)
    if in_place:
        write_config_file(config, written, replacing=text)
    elif out is not None:
        with output_file(out, "labeler hilserl-config", overwrite=overwrite) as place:
            write_config_file(place, written, overwrite=True)
    else:
        typer.echo(written, nl=False)
        say_next_again("--out", "env_rl.json")
        return
    place = config if out is None else out
    say(f"Configuration: {place}")
    say_next("python", "-m", _MODULES[needed.wrapper], "--config_path", place)


def _rule_notes(checkpoint: "ReadCheckpoint") -> tuple[str, ...]:
    """What a configuration cannot say: the rule, and the lines of a script that apply it."""
    if checkpoint.rule is None:
        return ()
    told = f"The checkpoint decides by a rule, not by success_threshold: {checkpoint.rule.text}."
    if not checkpoint.has_step:
        step = f"labeler-train export {checkpoint.folder} --with-step --out DIR"
        return (told, f"`{step}` writes the step that applies it in your script.")
    made, call = (
        ("make_robot_env", "use_rule_in_env(env, ")
        if checkpoint.wrapper
        else ("make_processors", "use_rule(env_processor, ")
    )
    name = call.partition("(")[0]
    return (
        told,
        f"Put reward_rule.py and reward_rule.json of {checkpoint.folder} beside your HIL-SERL "
        f"script, and add after {made}: from reward_rule import {name}; "
        f'{call}"reward_rule.json", fps=cfg.env.fps)',
    )
