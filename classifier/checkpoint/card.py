"""README.md of a checkpoint: what to feed it, how good it is, what to paste for HIL-SERL."""

from dataclasses import dataclass
from typing import Any

from classifier.config import RANDOM
from classifier.encoder import RANDOM_NOTE, TIMM_NOTE
from classifier.likeness import TrainingLikeness
from labeler.contracts.checkpoint import Contract, hil_serl_section
from labeler.contracts.classifier_releases import release_of
from labeler.decision import Rule
from labeler.hilserl import environment_block
from labeler.labels.wording import decimals_text, exact_text, share_text

CARD = "README.md"
"""Its file in the folder of a checkpoint."""
_SHARES = ("accuracy", "precision", "recall", "F1")
"""Figures that are told in percent."""


@dataclass(frozen=True)
class Card:
    """What is said about a checkpoint beside what its model knows."""

    threshold: float = 0.5
    figures: dict[str, float] | None = None
    """Held-out figures by name."""
    dataset: str = ""
    refit: bool = False
    """Whether the figures are those of the same training without the held-out episodes."""
    rule: Rule | None = None
    """The decision rule chosen on held-out episodes."""
    rule_figures: tuple[str, ...] = ()
    """What it does to them, in sentences."""
    rule_fps: float | None = None
    """Frames per second of these episodes."""
    gate_entries: dict[str, int | None] | None = None
    """Number of the entry that each gate compares, by its source."""
    likeness: TrainingLikeness | None = None
    """How far other images are from those of the training."""

    @classmethod
    def of(cls, contract: Contract, likeness: TrainingLikeness | None) -> "Card":
        """What is said of a checkpoint with this contract, to be said of an export of it."""
        return cls(
            contract.threshold,
            dict(contract.figures),
            contract.dataset,
            contract.refit,
            contract.rule,
            contract.rule_figures,
            contract.rule_fps,
            dict(contract.gate_entries),
            likeness,
        )


def environment_values(contract: Contract, path: str) -> dict[str, Any]:
    """The part of a HIL-SERL configuration that uses this checkpoint, which lies at `path`."""
    return environment_block(
        contract.cameras, contract.threshold, path, wrapper=release_of(contract.release).wrapper
    )


def card_text(contract: Contract, path: str) -> str:
    """The Markdown text."""
    return "\n".join(
        [
            "# Reward classifier",
            "",
            *_next(contract),
            *_origin(contract),
            "## Input",
            "",
            "| camera key | crop (top, left, height, width) | resize, bilinear |",
            "|---|---|---|",
            *(
                f"| `{c.key}` | {list(c.crop) if c.crop else 'none'} | {c.height} x {c.width} |"
                for c in contract.cameras
            ),
            "",
            f"Images are RGB, float32 in [0, 1], channels first. {_pixels(contract)}",
            "",
            *_recording_lines(contract),
            "## Threshold and held-out figures",
            "",
            "A frame is a success if its probability is above "
            f"**{exact_text(contract.threshold)}**.",
            "",
            *_refit(contract),
            *_figures(contract),
            *_rule(contract),
            *_hil_serl(contract, path),
        ]
    )


def _hil_serl(contract: Contract, path: str) -> list[str]:
    if not contract.encoder.in_lerobot:
        return []
    return [hil_serl_section(environment_values(contract, path))]


def _next(contract: Contract) -> list[str]:
    release = release_of(contract.release)
    if not contract.encoder.in_lerobot:
        return [f"**{TIMM_NOTE.format(contract.encoder.name)}**", ""]
    return [
        "## What to do next",
        "",
        f"1. Copy this folder to the robot's machine; {release.title} loads it.",
        "2. Fill path, crops, size and threshold into the HIL-SERL configuration: the lines are "
        "at the end, and Labeler's *hilserl-config* fills them in and names what does not match.",
        f"3. A frame is a success above **{exact_text(contract.threshold)}**; the figures below "
        "say on which episodes that was measured.",
        "",
    ]


def _origin(contract: Contract) -> list[str]:
    encoder, release = contract.encoder, release_of(contract.release)
    where = f" (commit {encoder.revision})" if encoder.revision else ""
    purpose = f"For {release.title}. " if encoder.in_lerobot else ""
    lines = [f"{purpose}Encoder: `{encoder.name}`{where}, SHA-256 `{encoder.sha256}`.", ""]
    if contract.dataset:
        lines[:0] = [f"Trained with Labeler on `{contract.dataset}`.", ""]
    if encoder.name == RANDOM:
        lines += [f"**{RANDOM_NOTE}**", ""]
    if release.warning:
        lines += [release.warning, ""]
    return lines


def _pixels(contract: Contract) -> str:
    if contract.normalized:
        return "Do not normalise them: the classifier does that itself."
    return "Do not normalise them: the classifier was trained on raw pixels."


def _recording_lines(contract: Contract) -> list[str]:
    """What the recorded images were like, so that others are noticed on the robot."""
    lines = []
    for camera in contract.cameras:
        if (seen := camera.recorded) is None:
            continue
        said = [f"`{camera.key}` was recorded with {seen.height} x {seen.width} pixels"]
        said += [f"coded as {seen.matrix}"] if seen.matrix else []
        said += [f"in {seen.color_range} range"] if seen.color_range else []
        said += ["not rotated as its metadata asks"] if seen.turned else []
        line = ", ".join(said) + "."
        if seen.cut_before is not None:
            line += (
                f" LeRobot's crop tool had cut {list(seen.cut_before)} out of the robot's images, "
                f"of which the classifier sees {list(camera.robot_crop or ())}."
            )
        lines += [line, ""]
    return lines


def _refit(contract: Contract) -> list[str]:
    if not contract.refit:
        return []
    return [
        "This classifier was trained on every labelled episode, the held-out ones too. Threshold "
        "and figures are those of the same training without the held-out episodes.",
        "",
    ]


def _figures(contract: Contract) -> list[str]:
    if not contract.figures:
        return ["No held-out figures were given.", ""]
    rows = [f"| {name} | {_figure(name, value)} |" for name, value in contract.figures.items()]
    return ["| held out | |", "|---|---|", *rows, ""]


def _figure(name: str, value: float) -> str:
    """A figure as the report prints it, rounded down, so that both say the same."""
    if name.endswith("frames"):
        return f"{value:,.0f}"
    return share_text(value) if name in _SHARES else decimals_text(value)


def _rule(contract: Contract) -> list[str]:
    if contract.rule is None:
        return []
    return [
        "## Decision rule",
        "",
        f"Success: {contract.rule.text}. The unit that counts is the episode, since HIL-SERL ends "
        "one at its first success. On held-out episodes:",
        "",
        *(f"- {sentence}" for sentence in contract.rule_figures),
        "",
        "`reward_rule.py` makes these decisions inside LeRobot; an export with the step has it.",
        "",
    ]
