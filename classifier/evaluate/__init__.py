"""Scored frames to figures, a threshold and a report. No torch, and nothing is written."""

from classifier.evaluate.calibration import calibration_figures
from classifier.evaluate.comparison import (
    HEAD,
    ComparedSetting,
    FoldFigures,
    SettingsComparison,
    comparison_html,
    fold_figures,
)
from classifier.evaluate.evaluation import Evaluation, RuleWish, evaluate, scores_of
from classifier.evaluate.figures import confusion, episode_figures, figures
from classifier.evaluate.mistakes import worst_mistakes
from classifier.evaluate.page import report_html
from classifier.evaluate.record_next import Surroundings, frames_to_record
from classifier.evaluate.report import LikeImages, MistakeImages, ReportContent
from classifier.evaluate.run_report import run_report
from classifier.evaluate.scored_frames import ScoredFrames
from classifier.evaluate.threshold import choose_threshold
from classifier.evaluate.threshold_table import curves
from classifier.evaluate.verdict import headline, warnings

__all__ = [
    "HEAD",
    "ComparedSetting",
    "Evaluation",
    "FoldFigures",
    "LikeImages",
    "MistakeImages",
    "ReportContent",
    "RuleWish",
    "ScoredFrames",
    "SettingsComparison",
    "Surroundings",
    "calibration_figures",
    "choose_threshold",
    "comparison_html",
    "confusion",
    "curves",
    "episode_figures",
    "evaluate",
    "figures",
    "fold_figures",
    "frames_to_record",
    "headline",
    "report_html",
    "run_report",
    "scores_of",
    "warnings",
    "worst_mistakes",
]
