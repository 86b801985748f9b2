"""`labeler demo`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.window import Window
from labeler.console.heartbeat import pause

if TYPE_CHECKING:
    from labeler.dataset import Dataset
    from labeler.labels import DatasetLabels

CAMERA = "observation.images.gripper"
COMMAND = "labeler demo"
LABELS = "labels.json"
"""Ending of every label file of the demo."""
REFERENCE = 10
"""Episodes of the reference case; what comes after them shows harder ones."""


class Format(StrEnum):
    """Values of --format."""

    V21 = "v2.1"
    V30 = "v3.0"


_Version = Annotated[Format, typer.Option("--format", help="LeRobot dataset format.")]
_Sessions = Annotated[
    bool, typer.Option("--sessions", help="Only make five recordings with labels, to be merged.")
]
_Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Move what is in DIR aside, and make all of it.")
]


def run(
    context: typer.Context,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for recording, labels and copy.")
    ] = Path("labeler-demo"),
    version: _Version = Format.V30,
    headless: Annotated[
        bool, typer.Option("--headless", help="No window, even if there is a screen.")
    ] = False,
    training: Annotated[
        bool,
        typer.Option("--train/--no-train", help="Without a window: continue with training."),
    ] = True,
    sessions: _Sessions = False,
    overwrite: _Overwrite = False,
) -> None:
    """Make a pick-and-lift recording and open the window on it, to label it yourself.

    With --headless, or where there is no screen, its true labels go into a guarded copy, and a
    classifier is trained on that, with a random encoder: it shows that everything works, and is
    for no robot. Needs no download and no GPU.
    """
    from labeler.storage.labels.label_files import check_label_place

    folder = out.expanduser().absolute()
    check_label_place(folder / LABELS, None)
    if overwrite:
        _make_free(folder)
    _require_own(folder)
    if sessions:
        _generate_sessions(folder)
        return
    root = folder / f"pick_lift_{version.value}"
    _generate(root, version)
    window: Window | None = context.obj
    if not headless and window is not None and window.possible():
        with pause():
            raise typer.Exit(window.open(root, None, None))
    _without_window(root, folder, training=training)


def _make_free(folder: Path) -> None:
    """Give what is there another name: labels of somebody may be among it.

    Raises:
        RefusedError: it is a file or a link.
    """
    from labeler.console.outputs import place_aside, say_kept
    from labeler.storage.program.written_files import move_aside

    aside = place_aside(folder, COMMAND, overwrite=True)
    if aside is not None:
        move_aside(folder, aside)
        say_kept(folder, aside)


def _require_own(folder: Path) -> None:
    """Refuse a folder that holds something, but nothing of a demo.

    Raises:
        RefusedError: it does, or it is a file.
    """
    from labeler.cures import ChooseAnotherFolder, OverwriteOrChooseAnother
    from labeler.demo import SESSIONS, SPEC
    from labeler.errors import RefusedError

    if not folder.exists():
        return
    if not folder.is_dir():
        raise RefusedError(f"{folder} is a file.", ChooseAnotherFolder())
    own = {f"pick_lift_{version.value}" for version in Format} | {one.name for one in SESSIONS}
    there = {path.name for path in folder.iterdir() if path.name[0] != "."}  # of a killed one, too
    if there and not there & {*own, SPEC}:
        raise RefusedError(
            f"{folder} exists already and holds no demo.", OverwriteOrChooseAnother()
        )


def _without_window(root: Path, folder: Path, *, training: bool) -> None:
    from labeler.console.output import say_next

    copy = _label(root, folder)
    if training:
        _train(copy, folder)
    else:
        say_next("labeler-train", copy, "--camera", CAMERA)


def _label(root: Path, folder: Path) -> Path:
    """Write the true labels to a file and into a copy; its folder comes back."""
    from labeler.console.output import say
    from labeler.dataset import open_dataset
    from labeler.dataset.labels_of import identity_of
    from labeler.demo import true_labels
    from labeler.labels import DatasetLabels
    from labeler.labels.dialects import Dialect, read_labels, write_labels

    with open_dataset(root) as dataset:
        lengths = dataset.lengths.tolist()
        labels = DatasetLabels(lengths, true_labels(), identity_of(dataset))
        file = folder / f"{root.name}.{LABELS}"
        _write_own(file, write_labels(labels, Dialect.LABELER), root)
        say(f"Labels: {file}")
        return _apply_and_check(dataset, read_labels(file, lengths).labels)


def _write_own(file: Path, text: str, root: Path) -> None:
    """Write a file of the demo, unless somebody has changed it: then it stays as it is."""
    from labeler.console.output import note
    from labeler.console.outputs import is_untouched, output_file
    from labeler.storage.labels.label_files import write_label_file

    if not is_untouched(file, COMMAND):
        note(f"{file} was changed since it was written, and is kept as it is.")
        return
    with output_file(file, COMMAND) as place:
        write_label_file(place, text, root)


def _train(copy: Path, folder: Path) -> None:
    from labeler.cli.training import next_folder, train

    run = next_folder(folder / "classifier")
    camera, encoder = f"--camera={CAMERA}", "--policy.model_name=random"
    train([str(copy), camera, encoder, f"--output_dir={run}"])


def _generate(root: Path, version: Format) -> None:
    from labeler.console.output import say
    from labeler.console.progress import count_progress
    from labeler.dataset import Version
    from labeler.demo import true_labels, write_demo

    if (root / "meta" / "info.json").is_file():
        say(f"Recording: {root} (there already)")
        return
    with count_progress() as bar:
        task = bar.add_task("Recording episodes", total=len(true_labels()))
        write_demo(root, Version(version), lambda episode: bar.advance(task))
    say(f"Recording: {root}")


def _generate_sessions(folder: Path) -> None:
    from labeler.console.output import say, say_next
    from labeler.console.progress import count_progress
    from labeler.demo import ROBOT, SESSIONS, SPEC, WITHOUT_SMALL, write_sessions

    with count_progress() as bar:
        task = bar.add_task("Recording sessions", total=len(SESSIONS))
        write_sessions(folder, lambda name: bar.advance(task), _write_own)
    for session in SESSIONS:
        say(f"Recording: {folder / session.name}")
    say(f"Collection: {folder / SPEC}")
    say(f"Collection without the 84×84 images: {folder / WITHOUT_SMALL}")
    say(f"Configuration of the robot: {folder / ROBOT}")
    say_next("labeler", "balance", folder / SPEC)


def _apply_and_check(dataset: "Dataset", labels: "DatasetLabels") -> Path:
    from labeler.cli.summary_text import print_paste_line, print_summary
    from labeler.console.output import say
    from labeler.console.progress import byte_progress
    from labeler.storage.checking.check import check_copy
    from labeler.storage.copying.destination import default_destination
    from labeler.storage.copying.guarded_copy import write_copy
    from labeler.storage.copying.preparation import prepare
    from labeler.storage.copying.recovery import recover
    from labeler.storage.record.copy_record import Options

    destination = default_destination(dataset.root)
    with byte_progress() as progress:
        recover(destination)
        prepared = prepare(dataset, labels, destination, Options(), progress=progress)
        write_copy(prepared, progress)
        check_copy(destination, against=dataset, progress=progress)
    summary = prepared.summary
    print_summary(summary, prepared.plan.selection.kept)
    reference = sum(summary.episodes[1:REFERENCE], summary.episodes[0])
    say(
        f"Reference episodes 0 to {REFERENCE - 1}: {reference.success} success, "
        f"{reference.failure} failure of {reference.total:,} frames."
    )
    print_paste_line(destination, prepared.repo_id)
    say("The copy was checked; the recording has not changed.")
    return destination
