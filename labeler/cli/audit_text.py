"""What `labeler audit` prints."""

from labeler.cli.auditing import AuditQuestion
from labeler.cli.comparing import print_differences
from labeler.console.output import note, say
from labeler.decision import CONFIDENCE
from labeler.labels.wording import plural
from labeler.review.audit import Audit, FrameErrors


def print_audit(found: Audit, question: AuditQuestion) -> None:
    """Shares with their intervals, then the labels that the auditor contradicts."""
    size, answered = len(found.sample), len(found.answered)
    say(f"Sample: {size} of {plural(found.population, 'labelled episode')}, seed {question.seed}")
    skipped = f", {len(found.skipped)} skipped" if found.skipped else ""
    say(f"Answered: {answered} of {size}{skipped} ({question.answers})")
    if found.left:
        note("The sample is not finished: its first episodes may not represent the others.")
    if not answered:
        return
    within = plural(question.within, "frame")
    say(f"Wrong labels: {found.wrong.text} (edges up to {within} apart are equal)")
    say(f"Wrong outcome: {found.wrong_outcome.text}")
    if found.frames is not None:
        say(f"Frames labelled wrongly: {_frames_text(found.frames)}")
    by_labels = found.labelled_success
    say(f"Success rate: {found.success.text}; labels: {by_labels.count} of {by_labels.of}")
    print_differences(found.comparison.differences, ("label", "auditor"))


def _frames_text(frames: FrameErrors) -> str:
    share = f"{frames.wrong / frames.frames:.1%} of {frames.frames:,}"
    if frames.bounds is None:
        return f"{share}, no interval: all episodes have the same share"
    low, high = frames.bounds
    return f"{share}, {low:.1%} to {high:.1%} with {CONFIDENCE:.0%} confidence"
