"""From probabilities to suggestions and to the order of work. Knows no window."""

from labeler.review.score_files import read_scores
from labeler.review.scores import Scores
from labeler.review.suggestion import Basis, Suggestion, SuggestionKind, suggest

__all__ = [
    "Basis",
    "Scores",
    "Suggestion",
    "SuggestionKind",
    "read_scores",
    "suggest",
]
