"""A run as the command shows it: progress, figures, exit code."""

import json
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from classifier import output
from classifier.cli.completing import say_next_of
from classifier.cli.cures import in_own_names
from classifier.cli.listeners import RunListeners
from classifier.config import Settings, TrainConfig
from classifier.evaluate import Evaluation
from classifier.train import suggest, train
from classifier.train.encoding_place import HERE, Where
from classifier.train.stopping import Stopped, signals
from labeler.console.interrupts import repeat_interrupt
from labeler.console.output import messages, note, results, say, say_next, say_next_again
from labeler.console.outputs import place_aside, remember_written, say_kept
from labeler.contracts.complaints import failure_event
from labeler.cures import ResumeOrChooseRunFolder
from labeler.errors import LabelerError
from labeler.labels.wording import decimals_text, exact_text, share_text
from labeler.offline import stay_offline

COMMAND = "labeler-train"


def run_training(
    settings: Settings, events: str | None, where: Where = HERE, *, overwrite: bool = False
) -> int:
    """Train, tell about it, and give the exit code.

    Raises:
        LabelerError: something the user can cure; listeners have been told.
    """
    repeat_interrupt()
    for sentence in settings.notes:
        note(in_own_names(sentence))
    if not (download := "model_name" in settings.config.reward_model.model_fields_set):
        stay_offline()
    with ExitStack() as stack:
        stop = stack.enter_context(signals())
        aside = stack.enter_context(_replaced(settings.config, overwrite=overwrite))
        listeners = stack.enter_context(RunListeners(settings.config, events))
        try:
            if settings.config.train.suggestions_only:
                path = suggest(settings.config, listeners.tell, stop, aside, where)
                return _say_suggestions(path, settings.config, _console(events))
            result = train(
                settings.config, listeners.tell, stop, download=download, aside=aside, where=where
            )
        except LabelerError as error:
            listeners.tell(failure_event(error))
            raise
        except Stopped:
            _say_early_stop(settings.config.output_dir)
            return stop.exit_code
    folder = result.folder
    if stop:
        note("Stopped and saved.")
        say_next(COMMAND, "--resume", f"--output_dir={folder}")
        return stop.exit_code
    remember_written(folder, COMMAND)
    _say_result(folder, result.evaluation, _console(events))
    say_next_of(folder, settings.config.dataset.root)
    return 0


def _say_early_stop(folder: Path | None) -> None:
    """What comes next after a run that has not trained; not even its folder may have begun."""
    note("Stopped before training began; encoded frames are kept for the next run.")
    if folder is not None and folder.exists():
        say_next(COMMAND, "--resume", f"--output_dir={folder}")
    else:
        say_next_again()


@contextmanager
def _replaced(config: TrainConfig, *, overwrite: bool) -> Iterator[Path | None]:
    """Where what is in the folder of a new run goes; it is never removed, only kept aside.

    Raises:
        RefusedError: it is not to be replaced.
        BusyError: another process works in it.
    """
    if config.output_dir is None or config.resume:
        yield None
        return
    place = config.output_dir.expanduser().absolute()
    output.require_idle(place)
    sources = [Path(root) for root in (config.dataset.root, config.train.labels) if root]
    aside = place_aside(
        place, COMMAND, overwrite=overwrite, sources=sources, cure=ResumeOrChooseRunFolder()
    )
    try:
        yield aside
    finally:
        say_kept(place, aside)


def _say_suggestions(path: Path, config: TrainConfig, console: Console) -> int:
    say(f"Probabilities of all episodes: {path}", console)
    say_next("labeler", "review", config.dataset.root, "--scores", path)
    return 0


def _say_result(folder: Path, evaluation: Evaluation, console: Console) -> None:
    for sentence in (
        *summary(evaluation),
        *rule_lines(folder, evaluation),
        *_checkpoint_lines(folder / "checkpoints", evaluation),
        f"Report: {folder / 'report.html'}",
    ):
        say(sentence, console)


def _console(events: str | None) -> Console:
    """Where results go: standard output may be taken by events."""
    return messages if events == "-" else results


def _checkpoint_lines(checkpoints: Path, evaluation: Evaluation) -> list[str]:
    """Where the checkpoints lie, with the threshold that each one's README names."""
    scored, refit = (checkpoints / name / "pretrained_model" for name in ("best", "refit"))
    own = evaluation.frame_split or evaluation.groups()[evaluation.basis]
    name = "" if evaluation.frame_split is None else ", of the frame split"
    lines = []
    if refit.exists():
        chosen = evaluation.threshold.threshold
        lines = [
            f"Checkpoint, trained again on all of them, threshold {exact_text(chosen)}: {refit}"
        ]
    if scored.exists():
        lines.append(
            f"Checkpoint before that{name}, threshold {exact_text(own.threshold)}: {scored}"
        )
    return lines if refit.exists() else [line.replace(" before that", "") for line in lines]


def summary(evaluation: Evaluation) -> list[str]:
    """Figures of each group of frames, a line each, and how the threshold was chosen."""
    lines = []
    names = GROUPS if evaluation.frame_split is None else GROUPS | _BESIDE_FRAME_SPLIT
    for name, found in evaluation.groups().items():
        more = "" if found.roc_auc is None else f", ROC AUC {decimals_text(found.roc_auc)}"
        lines.append(
            f"{names[name]}: accuracy {share_text(found.accuracy)}, precision "
            f"{_share(found.precision)}, recall {_share(found.recall)} at threshold "
            f"{exact_text(found.threshold)}{more} ({found.frames:,} frames)"
        )
    chosen = evaluation.threshold
    return [*lines, f"Threshold {exact_text(chosen.threshold)}: {chosen.sentence}"]


def rule_lines(folder: Path, evaluation: Evaluation) -> list[str]:
    """The decision rule, what it does to episodes, and gates that would improve it."""
    if (chosen := evaluation.rule) is None:
        return [f"Decision rule: none. {evaluation.no_rule}"] if evaluation.no_rule else []
    lines = [f"Decision rule: {chosen.rule.text}. {chosen.sentence}", *chosen.figures.sentences]
    lines += [f"Gate {one.gate.text}: {one.text}" for one in evaluation.proposals]
    if evaluation.proposals:
        gates = [*chosen.rule.gates, evaluation.proposals[0].gate]
        typed = json.dumps([gate.text for gate in gates], ensure_ascii=False)
        words = ["--config_path", str(folder), f"--output_dir={folder}-gated"]
        command = shlex.join(["labeler-train", *words, f"--train.gates={typed}"])
        lines.append(f"To take the first gate: {command}")
    return lines


GROUPS = {
    "held_out": "Held-out episodes",
    "out_of_fold": "Out-of-fold frames",
    "frame_split": "Frame split (LEAKY: neighbours of these frames were trained on)",
    "training": "Training frames",
}
_BESIDE_FRAME_SPLIT = {
    "held_out": "Held-out episodes (a classifier that was trained without them)",
    "training": "Training frames (of the frame split)",
}


def _share(value: float | None) -> str:
    return "undefined" if value is None else share_text(value)
