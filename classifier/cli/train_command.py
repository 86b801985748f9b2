"""`labeler-train train`, which may be left out."""

import os
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from classifier.cli.arguments import Camera, Device, EpisodesFrom, FramesFrom, Labels, On, Strict
from classifier.cli.completing import complete, refuse_early
from classifier.config import Override, Settings, config_text, read_settings
from labeler.console.output import say, say_next
from labeler.contracts.classifier_releases import ReleaseName
from labeler.errors import UsageError

OPTIONS = (
    "labels",
    "camera",
    "split",
    "folds",
    "events",
    "config_path",
    "print-config",
    "attached",
    "device",
    "overwrite",
    "frames-from",
    "episodes-from",
    "on",
    "strict",
)
"""Names that are options of this command and no settings."""
_SETTINGS: tuple[tuple[str, ...], ...] = (
    ("dataset", "root"), ("train", "labels"), ("train", "frames_from"), ("train", "episodes_from"),
    ("train", "cameras"), ("train", "split"), ("train", "folds"), ("train", "export_for"),
    ("reward_model", "device"),
)  # fmt: skip
"""Settings that have an option of their own."""
RUN_CONFIG = "train_config.json"


_Root = Annotated[
    Path | None,
    typer.Argument(metavar="ROOT", help="Folder of the dataset; it is only read."),
]
_ConfigPath = Annotated[
    Path | None,
    typer.Option("--config_path", metavar="FILE", help="LeRobot's training configuration."),
]
_Split = Annotated[
    str | None,
    typer.Option("--split", metavar="episode|frame", help="frame leaks: its figures are too good."),
]
_Folds = Annotated[
    int | None,
    typer.Option("--folds", metavar="K", help="Also cross-validate by episode in K rounds."),
]
_ExportFor = Annotated[
    ReleaseName | None,
    typer.Option("--export-for", help="LeRobot that the checkpoint is for."),
]
_Events = Annotated[
    str | None,
    typer.Option(
        "--events", metavar="FILE", help="Write events as JSON lines to a file, or to `-`."
    ),
]
_Attached = Annotated[
    bool,
    typer.Option("--attached", help="End when standard input ends; for the window."),
]
_Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Move what is in --output_dir aside, and start again.")
]
_PrintConfig = Annotated[
    bool, typer.Option("--print-config", help="Print the full configuration and end.")
]


def run(
    ctx: typer.Context,
    root: _Root = None,
    config_path: _ConfigPath = None,
    labels: Labels = None,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
    camera: Camera = None,
    split: _Split = None,
    folds: _Folds = None,
    export_for: _ExportFor = None,
    device: Device = None,
    events: _Events = None,
    print_config: _PrintConfig = False,
    attached: _Attached = False,
    overwrite: _Overwrite = False,
    on: On = "local",
    strict: Strict = False,
) -> None:
    """Train a reward classifier.

    Every setting of LeRobot's configuration can be given: --policy.dropout_rate=0.3,
    --batch_size=32, --output_dir=DIR, --resume. `--print-config` lists them all.
    """
    values: tuple[object, ...] = (
        root and str(root), labels and str(labels), frames_from, episodes_from, camera or None,
        split, folds, export_for, device,
    )  # fmt: skip
    own = dict(zip(_SETTINGS, values, strict=True))
    resumed = _settings_to_resume(given := _overrides(own, ctx))
    settings = read_settings(config_path or resumed, given)
    if print_config:
        _print(settings)
        return
    settings = complete(settings, labels=resumed is None)
    if attached:
        end_with_input()
    raise typer.Exit(_run(settings, events, on, strict=strict, overwrite=overwrite))


def _run(settings: Settings, events: str | None, on: str, *, strict: bool, overwrite: bool) -> int:
    # Torch takes seconds to import, which wrong arguments need not wait for. Who listens to events
    # is told of those, too, and that takes the whole machinery.
    if events is None:
        refuse_early(settings)
    from classifier.cli.training import run_training
    from classifier.train.encoding_place import Where

    return run_training(settings, events, Where(on, strict), overwrite=overwrite)


def _print(settings: Settings) -> None:
    say(config_text(settings.config).rstrip("\n"))
    say_next("labeler-train", "--config_path", "train.json")


def _overrides(own: dict[tuple[str, ...], object], context: typer.Context) -> list[Override]:
    """Settings of the options that are given, then those that LeRobot has."""
    given = [Override(path, value) for path, value in own.items() if value is not None]
    return [*given, *(context.obj or [])]


def _settings_to_resume(given: list[Override]) -> Path | None:
    """Settings of the run that is resumed, so that --resume --output_dir=DIR is all it needs."""
    told = {override.path: override.value for override in given}
    if not told.get(("resume",)) or not isinstance(folder := told.get(("output_dir",)), str):
        return None
    path = Path(folder).expanduser() / RUN_CONFIG
    if path.is_file():
        return path
    if ("dataset", "root") in told:
        return None
    raise UsageError(f"{folder} holds no run to resume.", "Give the --output_dir of a run.")


GONE = 130
"""Exit code: as if somebody had pressed Ctrl-C."""


def end_with_input() -> None:
    """End this process at once when its standard input ends; nothing on disk is ever half done.

    A pipe ends with the process that holds its other end, even with one that was killed.
    """
    threading.Thread(target=_wait, daemon=True, name="attached").start()


def _wait() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(GONE)
