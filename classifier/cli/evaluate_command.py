"""`labeler-train evaluate`."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classifier.cli.arguments import Checkpoint, Device, EpisodesFrom, FramesFrom, Labels, On
from classifier.cli.completing import require_run
from labeler.console.label_options import LabelsFrom, LabelsRule, RewardAbove, RuleOption
from labeler.console.output import note, say, say_next
from labeler.labels.wording import exact_text, plural, share_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from classifier.checkpoint import LoadedCheckpoint
    from classifier.cli.predicting import Predict
    from classifier.evaluate import ScoredFrames
    from labeler.console.named_labels import NamedLabels
    from labeler.contracts.checkpoint import Contract
    from labeler.contracts.report import LikeFrames
    from labeler.dataset import Dataset
    from labeler.decision import Rule, RuleFigures
    from labeler.labels import DatasetLabels

    _Ruled = tuple[Rule, RuleFigures]

_Threshold = Annotated[
    float | None,
    typer.Option("--threshold", min=0, max=1, help="Default: that of the checkpoint."),
]
_TWO = 2


def run(
    checkpoint: Checkpoint,
    root: Annotated[Path, typer.Argument(metavar="ROOT", help="A labelled dataset; only read.")],
    labels: Labels = None,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
    labels_from: LabelsFrom = None,
    labels_rule: LabelsRule = RuleOption.FRAME,
    reward_above: RewardAbove = None,
    threshold: _Threshold = None,
    device: Device = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    on: On = "local",
) -> None:
    """Measure how well a checkpoint predicts a labelled dataset.

    Give episodes that it was not trained on; figures on its own training episodes are too good.
    """
    require_run(checkpoint)
    from labeler.console.named_labels import NamedLabels
    from labeler.dataset import local_root, open_dataset

    counted = frames_from, episodes_from
    named = NamedLabels(labels, labels_from, labels_rule.value, reward_above, *counted)
    with open_dataset(local_root(root)) as dataset:
        # Torch takes seconds to import, which wrong arguments need not wait for.
        from classifier.cli.predicting import load_on_device, open_place

        model = load_on_device(checkpoint, device)
        threshold = _own_threshold(model) if threshold is None else threshold
        place = partial(open_place, on, checkpoint, model, device=device)
        scored = _predict_labelled(place, model, dataset, named)
        _tell(model, dataset, scored, threshold, as_json=as_json)
    if not as_json:
        say_next("labeler-train", "predict", checkpoint, root, "--out", "scores.parquet")


def _tell(
    model: "LoadedCheckpoint",
    dataset: "Dataset",
    scored: "ScoredFrames",
    threshold: float,
    *,
    as_json: bool,
) -> None:
    import numpy as np

    groups = _to_record(model, dataset, scored, threshold)
    ruled = _figures_of_rule(scored, model.contract, dataset)
    if as_json:
        _print_json(scored, threshold, groups, ruled)
        return
    _show(scored, threshold)
    _show_rule(ruled, model.contract, dataset, np.unique(scored.episodes).tolist())
    _show_groups(groups)


def _own_threshold(model: "LoadedCheckpoint") -> float:
    return model.contract.threshold if model.contract else 1 / 2


def _predict_labelled(
    place: "Callable[[Dataset], AbstractContextManager[Predict]]",
    model: "LoadedCheckpoint",
    dataset: "Dataset",
    named: "NamedLabels",
) -> "ScoredFrames":
    import numpy as np

    from classifier.cli.predicting import predict_with_bar
    from classifier.config import TrainConfig
    from classifier.data import labelled_frames
    from classifier.evaluate import ScoredFrames

    known = _labels(dataset, named, model.model.settings.num_classes)
    settings = TrainConfig(reward_model=model.model.settings)
    frames = labelled_frames(dataset, known, settings, one_class=True)
    with place(dataset) as predict:
        told = predict_with_bar(predict, model, dataset, frames.episode_list())
        found = {one.episode: one.probabilities for one in told}
    pairs = zip(frames.episodes.tolist(), frames.frames.tolist(), strict=True)
    probabilities = np.array([found[episode][frame] for episode, frame in pairs])
    return ScoredFrames(frames.episodes, frames.frames, frames.success, probabilities)


def _labels(dataset: "Dataset", named: "NamedLabels", classes: int) -> "DatasetLabels":
    from classifier.data import read_labels_for
    from labeler.console.named_labels import read_of_column
    from labeler.console.window_labels import labels_by_default
    from labeler.dataset import REWARD
    from labeler.errors import UsageError

    column = named.column or (None if named.above is None else REWARD)
    if column is not None and classes > _TWO:
        raise UsageError(
            f"A column says success or failure; this checkpoint tells {classes} classes apart.",
            "Leave out --labels-from and --reward-above.",
        )
    if column is not None:
        return read_of_column(dataset, column, named.rule, named.above)
    own = named.file is None and classes <= _TWO
    file = labels_by_default(dataset) if own else named.file
    return read_labels_for(dataset, file, classes, named.frames_from, named.episodes_from)[0]


def _to_record(
    model: "LoadedCheckpoint", dataset: "Dataset", scored: "ScoredFrames", threshold: float
) -> "tuple[LikeFrames, ...]":
    from classifier.data import coarse_images, possible_columns
    from classifier.evaluate import Surroundings, frames_to_record

    around = Surroundings(
        dataset.lengths,
        partial(possible_columns, dataset),
        partial(coarse_images, dataset, model.model.cameras),
    )
    return frames_to_record(scored, threshold, around)


def _show_groups(groups: "tuple[LikeFrames, ...]") -> None:
    """False positives and undecided frames by likeness, as a list to take to the robot."""
    if groups:
        say("Record these next:")
    for group in groups:
        places = ", ".join(f"{one.episode}:{one.frame}" for one in group.examples)
        say(f"  {group.sentence} (episode:frame {places})")


def _print_json(
    scored: "ScoredFrames",
    threshold: float,
    groups: "tuple[LikeFrames, ...]",
    ruled: "_Ruled | None",
) -> None:
    import json
    from dataclasses import asdict

    from classifier.evaluate import episode_figures, figures
    from labeler.contracts.reported_rule import outcome_of

    values = {
        "figures": asdict(figures(scored, threshold)),
        "rule": ruled
        and {
            **ruled[0].model_dump(mode="json"),
            "text": ruled[0].text,
            "figures": asdict(outcome_of(ruled[1])),
        },
        "episodes": [asdict(episode) for episode in episode_figures(scored, threshold)],
        "record_next": [asdict(group) for group in groups],
    }
    say(json.dumps(values, indent=2, allow_nan=False))


def _show(scored: "ScoredFrames", threshold: float) -> None:
    from classifier.evaluate import episode_figures, figures

    found = figures(scored, threshold)
    episodes = episode_figures(scored, threshold)
    say(
        f"{found.frames:,} frames of {plural(len(episodes), 'episode')}, {found.positives:,} of "
        f"them success: accuracy {share_text(found.accuracy)} at threshold {exact_text(threshold)}",
    )
    matrix = found.confusion
    say(
        f"{plural(matrix.tp, 'success', 'successes')} found, {matrix.fn:,} missed, "
        f"{plural(matrix.fp, 'failure')} taken for success, {plural(matrix.tn, 'failure')} known",
    )
    worst = max(episodes, key=lambda episode: episode.longest_false_run)
    if worst.longest_false_run:
        say(
            f"Longest false positive: {worst.longest_false_run} frames, episode {worst.episode}",
        )


def _figures_of_rule(
    scored: "ScoredFrames", contract: "Contract | None", dataset: "Dataset"
) -> "_Ruled | None":
    """The rule of the checkpoint, if it has one, and what it does to the episodes."""
    rule = None if contract is None else contract.rule
    if rule is None:
        return None
    from classifier.data import gate_columns
    from classifier.evaluate import scores_of
    from labeler.decision import rule_figures

    columns = gate_columns(dataset, rule.gates, scored.episodes, scored.frames)
    return rule, rule_figures(scores_of(scored, columns), rule, dataset.fps)


def _show_rule(
    ruled: "_Ruled | None", contract: "Contract | None", dataset: "Dataset", episodes: list[int]
) -> None:
    if ruled is None:
        if contract is not None:
            say("Decision rule: none in this checkpoint")
        return
    from classifier.cli.predicting import rule_notes

    rule, figures = ruled
    say(f"Decision rule: {rule.text}")
    for sentence in figures.sentences:
        say(sentence)
    for sentence in rule_notes(contract, dataset, episodes):
        note(sentence)
