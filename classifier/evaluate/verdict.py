"""What the figures mean, in words: one headline, and what to be careful about."""

from classifier.evaluate.report import ReportContent
from classifier.evaluate.wording import percent, quantity
from labeler.contracts.report import FrameFigures
from labeler.labels.wording import exact_text

FEW_EPISODES = 3
"""Fewer held-out episodes than this say little about others."""
LOW_RECALL = 0.5
LONG_RUN = 3
"""False positives of more consecutive frames than this are spoken of as lasting."""


def headline(report: ReportContent) -> str:
    """How much is right, on which frames, and how long the classifier is wrong at a stretch."""
    evaluation = report.evaluation
    right = percent(evaluation.groups()[evaluation.basis].accuracy)
    threshold = exact_text(evaluation.threshold.threshold)
    return f"{right} of {_which(report)} right; {_wrong(report)} at threshold {threshold}"


def _which(report: ReportContent) -> str:
    episodes = quantity(len(report.evaluation.episodes), "episode")
    return {
        "held_out": f"frames of {episodes.replace(' ', ' held-out ', 1)}",
        "out_of_fold": f"frames of {episodes}, each held out in turn,",
        "frame_split": f"frames of {episodes} that were also trained on",
        "training": "the training frames",
    }[report.evaluation.basis]


def _wrong(report: ReportContent) -> str:
    longest = max((e.longest_false_run for e in report.evaluation.episodes), default=0)
    if longest == 0:
        return "no false positive"
    if longest <= LONG_RUN:
        return f"no false positive longer than {quantity(longest, 'frame')}"
    return f"false positives last up to {longest} frames"


def warnings(report: ReportContent) -> list[str]:
    """One or two sentences for each thing to be careful about, the gravest first."""
    evaluation = report.evaluation
    basis = evaluation.groups()[evaluation.basis]
    found = [report.encoder.note, _not_held_out(report), _one_class(basis)]
    both = 0 < basis.positives < basis.frames  # else the reason has been given
    found += [_threshold(report, basis), evaluation.no_rule if both else ""]
    found += [_few(report), _leak(report)]
    return [sentence for sentence in found if sentence]


def _not_held_out(report: ReportContent) -> str:
    if report.evaluation.basis == "training":
        return (
            "No frame was held out: a classifier that memorised its training frames "
            "looks perfect here. Hold out some episodes."
        )
    if report.evaluation.basis == "frame_split":
        return (
            "No episode was held out: the frames evaluated here have neighbours that were trained "
            "on and look alike, so the classifier will do worse on the robot. Split by episode."
        )
    return ""


def _one_class(basis: FrameFigures) -> str:
    if 0 < basis.positives < basis.frames:
        return ""
    only, missing = ("success", "failure") if basis.positives else ("failure", "success")
    return (
        f"Every frame evaluated here is labelled {only}: nothing is known about {missing} frames. "
        "Hold out episodes that have both."
    )


def _threshold(report: ReportContent, basis: FrameFigures) -> str:
    chosen = report.evaluation.threshold
    if not chosen.reached:
        # With one class, the reason has been given already.
        return chosen.sentence if 0 < basis.positives < basis.frames else ""
    if chosen.recall is not None and chosen.recall < LOW_RECALL:
        return (
            f"The precision asked for costs recall: only {percent(chosen.recall)} of the success "
            "frames are found. Label or record more, or ask for a lower precision."
        )
    return ""


def _few(report: ReportContent) -> str:
    count = len(report.evaluation.episodes)
    if report.evaluation.basis != "held_out" or count >= FEW_EPISODES:
        return ""
    verb = "was" if count == 1 else "were"
    return (
        f"Only {quantity(count, 'episode')} {verb} held out: other episodes may give quite "
        "different figures, and the threshold fits these few."
    )


def _leak(report: ReportContent) -> str:
    evaluation = report.evaluation
    honest = evaluation.held_out or evaluation.out_of_fold
    if evaluation.frame_split is None or honest is None:
        return ""
    return (
        f"The frame split ({percent(evaluation.frame_split.accuracy)} right, beside "
        f"{percent(honest.accuracy)} by episode) is leaky: its frames have neighbours that were "
        "trained on. Trust the figure by episode."
    )
