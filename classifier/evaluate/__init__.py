"""Judged frames to figures, a threshold and a report. No torch, and nothing is written."""

from classifier.evaluate.curves import Curves, curves
from classifier.evaluate.episodes import EpisodeFigures, episode_figures
from classifier.evaluate.evaluation import Evaluation, evaluate, scores_of
from classifier.evaluate.figures import Confusion, Figures, confusion, figures
from classifier.evaluate.judged import Judged
from classifier.evaluate.mistakes import Mistake, worst_mistakes
from classifier.evaluate.page import report_html
from classifier.evaluate.report import (
    DatasetIdentity,
    EncoderIdentity,
    MistakePicture,
    Point,
    Report,
    Split,
)
from classifier.evaluate.report_json import report_json
from classifier.evaluate.threshold import ChosenThreshold, choose_threshold
from classifier.evaluate.verdict import headline, warnings

__all__ = [
    "ChosenThreshold",
    "Confusion",
    "Curves",
    "DatasetIdentity",
    "EncoderIdentity",
    "EpisodeFigures",
    "Evaluation",
    "Figures",
    "Judged",
    "Mistake",
    "MistakePicture",
    "Point",
    "Report",
    "Split",
    "choose_threshold",
    "confusion",
    "curves",
    "episode_figures",
    "evaluate",
    "figures",
    "headline",
    "report_html",
    "report_json",
    "scores_of",
    "warnings",
    "worst_mistakes",
]
