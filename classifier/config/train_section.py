"""Settings that LeRobot does not have: the section `train`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from classifier.config.record import Fraction, Positive, PositiveNumber, Record
from labeler.contracts.classifier_releases import NEWEST, ReleaseName


class TrainSection(Record):
    """How training goes. The defaults suit ten episodes of a hundred frames on two CPU cores."""

    labels: Path | None = None
    """Label file; `None` takes the dataset's own `next.reward`."""
    labels_from: str | None = None
    """Column that says success, of the rows or of the list of episodes, in place of labels."""
    labels_rule: Literal["frame", "last", "any"] = "frame"
    """Whether that column says success per frame, or the outcome of an episode by its last or any
    frame; of outcomes only failures can be trained on."""
    reward_above: float | None = None
    """Larger values of the column are success; `None` asks for 0 and 1."""
    frames_from: Literal[0, 1] | None = None
    """What the label file counts frames from; `None` where it leaves no doubt."""
    episodes_from: Literal[0, 1] | None = None
    """What the label file counts episodes from."""
    cameras: tuple[str, ...] = ()
    """Camera keys in the order in which the classifier is fed; empty for `input_features`."""
    method: Literal["convex", "network"] = "convex"
    """`convex` solves a logistic regression on the encoder's features, whose strength of
    regularisation is chosen across episodes; `network` trains all layers step by step.

    The first has one solution, whatever the seed. Where it is impossible, with more than two
    classes, random views or a trained encoder, it is `network`. Settings of steps, epochs and
    learning rates apply to the second only.
    """
    epochs: Positive = 6
    """Passes over the training frames; a number of `steps` given beside it takes precedence."""
    patience: Positive | None = 5
    """Epochs without a better held-out loss after which training ends; `None` for never."""
    schedule: Literal["cosine", "constant"] = "cosine"
    """How the learning rate goes from `learning_rate` on."""
    balance: Literal["loss", "sampling", "none"] = "loss"
    """Rare classes count more in the loss, or are drawn more often."""
    split: Literal["episode", "frame"] = "episode"
    """`frame` puts neighbouring frames on both sides: its figures flatter."""
    held_out: Fraction = 0.2
    """Part of the episodes (or frames) kept for evaluation."""
    refit: bool | None = None
    """Train once more on all labelled frames for as many epochs as were best: `checkpoints/refit`.

    `None` is yes, unless the encoder is trained. With ten episodes, of which two are held out,
    accuracy on ten others rose from 98.1 to 99.1% and from 96.9 to 98.4% (mean of four seeds,
    tests/bench/classifier). Its figures and threshold are those of the training that was evaluated.
    """
    folds: int = Field(default=0, ge=0)
    """Rounds of cross-validation by episode; the `seed` deals them.

    0 is none. With the `convex` method it is one for each of up to 12 episodes, and 5 for more of
    them: always the same.
    """
    suggest: bool = False
    """Predict the episodes without a label, too, and add them to `probabilities.parquet`."""
    suggestions_only: bool = False
    """Only `probabilities.parquet`: every episode predicted by classifiers that did not see it.

    Neither checkpoints nor a report are written, and nothing but the `folds` (at least 2) is
    trained, for all of `steps` or `epochs`. An episode without a label has the mean of all folds.
    """
    views: Annotated[int, Field(ge=0, le=64)] | None = None
    """Randomly changed images per frame, encoded once, besides the frame itself.

    `None` is 4 where `dataset.image_transforms` are enabled, else 0.
    The `convex` method has one of its own, the same in every run, of up to 500 labelled frames.

    Each costs as much as the frame; with three seeds on two tasks (tests/bench/classifier) one view
    changed held-out accuracy by no more than the seed did.
    """
    shift: Annotated[int, Field(ge=0, le=64)] = 4
    """Most pixels by which a view is shifted; HIL-SERL's random crop of padded images has 4."""
    mixup: float = Field(default=1.0, ge=0)
    """Mix frames of a batch by shares from Beta(mixup, mixup); 0 for none.

    Without it, a few epochs fit ten episodes to the last frame. With it, accuracy on ten others
    rose from 99.0 to 99.3, from 95.7 to 97.4 and from 97.2 to 98.4% (three tasks of
    tests/bench/classifier, mean of three datasets each).
    """
    standardize: bool = True
    """Train on features of mean 0 and deviation 1; folded into the weights that are written."""
    unfreeze: bool = False
    """Train the encoder, too. Every epoch then decodes and encodes every frame."""
    encoder_learning_rate: PositiveNumber = 1e-5
    """Learning rate of the encoder when it is trained."""
    precision: Fraction = 0.98
    """The threshold is the lowest that reaches this precision on held-out episodes."""
    gates: tuple[str, ...] = ()
    """Conditions on columns that a success has to meet as well, all of them, such as
    `observation.state[gripper.pos] < 30`. Training proposes some; none is applied unasked."""
    hold: Annotated[float, Field(ge=0, le=60)] | None = None
    """Seconds for which the probability has to stay high; `None` chooses up to one second."""
    false_limit: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of falsely successful episodes that the decision rule may have."""
    export_for: ReleaseName = NEWEST
    for_robot: bool = False
    """Refuse what a robot could not use: an encoder that LeRobot's classifier cannot load, one in
    half precision, a random one, and feature maps other than 4x4."""
    any_grid: bool = False
    """Allow feature maps other than 4x4, which no LeRobot release can load."""
    encoder_revision: str | None = None
    """Commit of the Hub model; `None` for the latest, whose commit is then written down."""
    encoder_sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """Digest that the encoder's weights have to have."""
    cache_gib: PositiveNumber = 20.0
    """Limit of the cache of encoded frames that all runs share."""
    threads: Positive | None = None
    """CPU threads; `None` uses every core."""
    trackers: tuple[Literal["tensorboard", "wandb", "trackio"], ...] = ()
    """Experiment trackers to log to, if they are installed."""
