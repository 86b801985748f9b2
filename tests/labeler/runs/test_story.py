"""What events make of a training's story, and what a failure is told as."""

import pytest

from labeler.cli.cures import words
from labeler.contracts.events import (
    Encoding,
    Failed,
    Finished,
    HeldOutEvaluation,
    Started,
    TrainingStep,
    line,
)
from labeler.cures import Advice
from labeler.runs.failure import failure_from_log, failure_of
from labeler.runs.story import Phase, Story

STARTED = Started(
    output_dir="", device="Device: cpu", encoder="random", train_frames=60, held_out_frames=12,
    train_episodes=5, held_out_episodes=1, steps=100,
)  # fmt: skip


def step(number: int, seconds: float = 0.0, fold: int | None = None) -> TrainingStep:
    return TrainingStep(
        step=number, epoch=number / 10, loss=1 / number, learning_rate=1e-3, seconds=seconds,
        fold=fold,
    )  # fmt: skip


def judged(number: int, *, best: bool) -> HeldOutEvaluation:
    return HeldOutEvaluation(
        step=number, epoch=1, loss=0.5, accuracy=0.9, precision=1, recall=1, f1=0.8, best=best
    )


def test_the_story_of_a_run_that_is_resumed_forgets_what_was_lost() -> None:
    story = Story()
    story.tell([STARTED, step(10), judged(10, best=True), step(20), judged(20, best=True)])
    story.process_ended(asked_to_stop=False)
    assert story.phase is Phase.DIED
    story.process_began()
    story.tell([STARTED.model_copy(update={"first_step": 10}), step(20)])
    assert [one.step for one in story.steps] == [10, 20]
    assert story.best.step == 10
    assert story.phase is Phase.TRAINING


def test_time_left_goes_by_the_steps_of_this_process() -> None:
    story = Story()
    story.tell([STARTED, step(50, seconds=5.0)])
    assert story.seconds_left is None
    story.tell([step(60, seconds=7.0)])
    assert story.seconds_left == pytest.approx(8.0)
    assert story.share == 0.6


def test_time_left_while_encoding_goes_by_frames() -> None:
    story = Story()
    story.tell([STARTED, Encoding(done=25, total=100, frames_per_second=25.0)])
    assert story.phase is Phase.ENCODING
    assert (story.seconds_left, story.share) == (3.0, 0.25)


def test_rounds_of_cross_validation_do_not_enter_the_curves() -> None:
    story = Story()
    story.tell([STARTED, step(100), step(10, fold=1)])
    assert story.phase is Phase.FOLDS
    assert [one.step for one in story.steps] == [100]
    assert story.share == 0.1


def test_the_training_on_all_does_not_enter_the_curves() -> None:
    story = Story()
    story.tell([STARTED, step(100), step(30).model_copy(update={"refit": True})])
    assert story.phase is Phase.REFIT
    assert [one.step for one in story.steps] == [100]
    assert story.share == 0.3


def test_figures_are_those_of_the_end_or_of_the_best_so_far() -> None:
    story = Story()
    assert story.figures == {}
    story.tell([STARTED, judged(10, best=True), judged(20, best=False)])
    assert story.figures == {"accuracy": 0.9, "f1": 0.8}
    end = Finished(output_dir="", reason="steps", step=20, best_step=10, figures={"f1": 0.7})
    story.tell([end])
    assert story.figures == {"f1": 0.7}
    story.process_ended(asked_to_stop=False)
    assert story.phase is Phase.FINISHED


def test_a_failure_names_the_field_that_the_trainer_named() -> None:
    disk = Failed(
        message="The disk is full at /data/crop/camera.", cures=(Advice("Free some room."),)
    )
    assert failure_of(disk).setting == ""
    folds = Failed(message="6 episodes cannot make 9 folds.", setting="train.folds")
    assert failure_of(folds).setting == "train.folds"


HANDED_OVER = line(Failed(message="No such thing.", cures=(Advice("Do it."),)))


@pytest.mark.parametrize(
    ("log", "message", "hint"),
    [
        ((), "killed", "start it again"),
        (("torch.OutOfMemoryError: CUDA out of memory.",), "out of memory", "smaller batches"),
        (("x", "labeler-train: No such thing.", "Add --it.", "more"), "No such thing.", ""),
        (("labeler-train: No such thing.", HANDED_OVER, "more"), "No such thing.", "Do it."),
    ],
)
def test_a_silent_end_is_explained_from_the_log(log, message, hint) -> None:
    failure = failure_from_log(log, can_resume=False)
    assert message in failure.message
    assert hint in words(failure.cures)
    assert "--" not in words(failure.cures)
    assert "Resume" in words(failure_from_log((), can_resume=True).cures)
